/* answer_format: the schema of --check-format. */
#include "answer_format.h"

#include "inputs.h"
#include "json/document.h"
#include "json/json_schema.h"
#include "base/banned.h"

enum err answer_format_open(const char *path, struct answer_format *out, struct error *err)
{
    struct error trouble = {0};
    enum err rc = inputs_small_file(path, DOCUMENT_MAX_BYTES, &out->text, &trouble);

    if (!rc)
        rc = json_schema_compile((struct sv){out->text.n ? out->text.p : "", out->text.n}, path,
                                 &out->spec.schema, &trouble);
    if (rc)
        *err = trouble;
    out->spec.name = path;
    return rc;
}

void answer_format_release(struct answer_format *f)
{
    json_schema_free(f->spec.schema);
    buf_release(&f->text);
    *f = (struct answer_format){0};
}
