"""Every kind of item in the one table, each with its key; those of workspaces are in spaces.py, the rest in records.py.

    kind         pk                                   sk                                  what it is
    -----------  -----------------------------------  ----------------------------------  ------------------------------
    account      ACCOUNTS                             ACCOUNT#{account}                   an organisation
    counter      ACCOUNTS                             COUNTER#accounts                    last account id
    residence    USERS                                USER#{user}                         in which account a user is
    counter      ACCOUNT#{account}                    COUNTER#actions                     last id of an action
    counter      ACCOUNT#{account}                    COUNTER#ids                         last id of all the rest
    counter      ACCOUNT#{account}                    COUNTER#canvas {canvas}             last row_order on a canvas
    user         ACCOUNT#{account}                    USER#{user}                         a person
    address      ACCOUNT#{account}                    EMAIL#{email}                       keeps an address unique
    slug         ACCOUNT#{account}                    SLUG#{slug}                         keeps a slug unique
    credential   ACCOUNT#{account}                    CREDENTIAL#{key}                    a key, the hash of its secret
    receipt      ACCOUNT#{account}                    RECEIPT#{key}#{hash}                what an Idempotency-Key did
    sheet        ACCOUNT#{account}                    RECEIPT#{key}#{hash}#{number}       more of a large answer
    token        ACCOUNT#{account}                    TOKEN#{hash}                        the link in a mail
    grant        ACCOUNT#{account}                    GRANT#{key}#{hash}                  what an access token may
    whereabouts  ACCOUNT#{account}                    WHEREABOUTS#{stack}                 in which workspace a stack is
    topic        ACCOUNT#{account}                    TOPIC#{comment}                     on which activity a comment is
    event        ACCOUNT#{account}#AUDIT              EVENT#{order}#{random}              a change of users, credentials
    action       ACCOUNT#{account}#ACTIONS            ACTION#{action}                     an action, as its JSON text
    activity     ACCOUNT#{account}#ACTIVITIES         ACTIVITY#{activity}                 an activity and where it lies
    comment      ACCOUNT#{account}#ACTIVITY#{id}      COMMENT#{comment}                   what was said of an activity
    involvement  ACCOUNT#{account}#USER#{user}        ACTIVITY#{newest first}            one that the user stands in
    delegation   ACCOUNT#{account}#USER#{user}        DELEGATION#OPEN#{newest first}     by or to that user, open
    delegation   ACCOUNT#{account}#USER#{user}        DELEGATION#PAST#{newest first}     by or to that user, ended
    membership   ACCOUNT#{account}#USER#{user}        WORKSPACE#{workspace}               a workspace of that user
    invitation   ACCOUNT#{account}#USER#{user}        INVITATION#{invitation}             to or from that user
    follow       ACCOUNT#{account}#USER#{user}        USER#FOLLOWED#{user}                whom that user follows
    follow       ACCOUNT#{account}#USER#{user}        USER#FOLLOWER#{user}                who follows that user
    workspace    ACCOUNT#{account}#WORKSPACE#{id}     META                                a workspace
    member       ACCOUNT#{account}#WORKSPACE#{id}     MEMBER#{user}                       who is in it, who is invited
    stack        ACCOUNT#{account}#WORKSPACE#{id}     STACK#{stack}                       a stack; not the inbox
    placement    ACCOUNT#{account}#WORKSPACE#{id}     ITEM#{stack}#{order}#{activity}     an activity on a stack
    placement    ACCOUNT#{account}#WORKSPACE#{id}     ARCHIVE#{order}#{activity}          an activity in the archive

Numbers in keys are padded with zeros so that they sort. What callers chose stands last in a key, hashed or checked.
PynamoDB counts the versions that make every change conditional. A list is one Query; nothing is ever scanned.

The keys of a workspace sort so that one Query answers what belongs together: the items of one stack; all items, the
inbox first; all stacks with their items, members and the workspace without what lies in the inbox. `{order}` gets
smaller as time goes by, so that the newest is on top. An activity is kept under its id, where it lies, with each of the
people who stand in it, and with its open delegation; all of these are only ever written together.

The index `alarms` has the activities whose alarm is still to be sent, by `alarm_shard` and `alarm_at`.
"""
