#include "render/render_fixture.h"

#include "render/render_out.h"

Test(render_out, nothing_written_is_nothing_handed_on)
{
    struct collector c = {0};
    struct render_out o = {
        .sink = &(struct sink){collect, &c}
    };

    cr_expect(render_out_more(&o));
    cr_expect_eq(render_out_end(&o, NULL), OK);
    cr_expect_eq(c.pieces, 0u);
}

Test(render_out, pieces_of_64_kib)
{
    struct collector c = {0};
    struct render_out o = {
        .sink = &(struct sink){collect, &c}
    };

    for (int i = 0; i < 65535; i++)
        buf_char(&o.buf, 'x');
    cr_expect(render_out_more(&o));
    cr_expect_eq(c.pieces, 0u, "one byte short");
    buf_char(&o.buf, 'x');
    cr_expect(render_out_more(&o));
    cr_expect_eq(c.pieces, 1u);
    buf_char(&o.buf, 'y');
    cr_expect_eq(render_out_end(&o, NULL), OK);
    cr_expect_eq(c.pieces, 2u);
    cr_expect_eq(c.buf.n, 65537u);
    buf_release(&c.buf);
}

/* What came before is whole; of the buffer that lacks something nothing is handed on. */
Test(render_out, out_of_memory_leaves_no_hole)
{
    struct collector c = {0};
    struct render_out o = {
        .sink = &(struct sink){collect, &c}
    };
    struct error err = {0};

    buf_str(&o.buf, "beginning");
    o.buf.failed = true;
    cr_expect_not(render_out_more(&o));
    cr_expect_eq(render_out_end(&o, &err), ERR_NOMEM);
    cr_expect_str_eq(err.msg, "out of memory writing the output");
    cr_expect_eq(c.pieces, 0u);
    cr_expect_null(o.buf.p);
}
