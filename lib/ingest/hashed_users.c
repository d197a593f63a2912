/* hashed_users: that a database holds hashes in place of users. */
#include "ingest/hashed_users.h"

#include "store/store.h"
#include "base/banned.h"

#define SETTING "hashed_users"
#define WORD SV("llmobs") /* its hash tells one salt from another */

enum err hashed_users_note(struct store *s, const struct keep_options *o, struct error *err)
{
    char mark[17], before[17];
    enum err rc = o->hash_users ? store_setting(s, SETTING, before, sizeof(before), err) : OK;

    if (rc || !o->hash_users)
        return rc;
    keeping_user_hash(o->salt, WORD, mark);
    return strcmp(mark, before) == 0 ? OK : store_set_setting(s, SETTING, mark, err);
}

enum err hashed_users_as_before(struct store *s, struct keep_options *o, struct error *err)
{
    char mark[17], before[17], bare[17];
    enum err rc = store_setting(s, SETTING, before, sizeof(before), err);

    if (rc || !*before)
        return rc;
    keeping_user_hash(o->salt, WORD, mark);
    keeping_user_hash(SV_NONE, WORD, bare);
    if (strcmp(mark, before) == 0) {
        o->hash_users = true;
        return OK;
    }
    if (strcmp(bare, before) == 0)
        return error_set(err, ERR_USAGE,
                         "users are hashed without a salt in this database; leave out --salt-file");
    return error_set(err, ERR_USAGE, "users are hashed with %s salt in this database; give its "
                                     "--salt-file",
                     o->salt.n ? "another" : "a");
}

enum err hashed_users_take_in(struct store *s, struct store *from, struct error *err)
{
    char ours[17], theirs[17];
    enum err rc = store_setting(s, SETTING, ours, sizeof(ours), err);

    if (!rc)
        rc = store_setting(from, SETTING, theirs, sizeof(theirs), err);
    if (rc || !*theirs || strcmp(ours, theirs) == 0)
        return rc;
    if (*ours)
        return error_set(err, ERR_USAGE, "%s: users are hashed with another salt than in %s",
                         store_path(from), store_path(s));
    return store_set_setting(s, SETTING, theirs, err);
}
