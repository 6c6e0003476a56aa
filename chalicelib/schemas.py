"""The shape of every accepted body and parameter list: one declaration per noun."""

from chalicelib.containers import Each, Echoed, InTurn, OrNull, Several, an_object, members, named
from chalicelib.shapes import Shape, Some, parameters
from chalicelib.values import Choice, Cursor, Day, Email, Flag, Moment, Text, UserId, Whole, Words

LARGEST_PAGE = 250
PAGING = {
    "limit": Whole(1, LARGEST_PAGE),
    "cursor": Cursor(),
    "page": Whole(1),
    "per_page": Whole(1, LARGEST_PAGE),
}
NO_PARAMETERS = parameters()

STATUSES = ("icebox", "to do", "doing", "done")
Status = Choice(STATUSES, {"busy": "doing", "inprogress": "doing", "completed": "done"})
LIGHTS = ("green", "orange", "red")
TrafficLight = Choice(LIGHTS, {"amber": "orange", "yellow": "orange"})
Names = Each(named(Text(1, 100)), unique=True)

HIGHEST_ROW = 9 * 10**15  # leaves room to count on from there
Row = Whole(-HIGHEST_ROW, HIGHEST_ROW)
Canvas = InTurn(an_object, members({"id": Whole(), "row_order": OrNull(Row)}, required={"id"}))

ACTION = Shape(
    {
        "id": Echoed(Whole(1)),
        "title": Text(1, 255),
        "labels": Names,
        "strategies": Each(InTurn(an_object, members({"id": Whole(1)}, required={"id"}))),
        "description": OrNull(Text()),
        "assignee": OrNull(named(Text(1, 255))),
        "involved": Names,
        "start": OrNull(Day()),
        "due": OrNull(Day()),
        "status": named(Status),
        "ogsm_canvases": Each(Canvas),
        "traffic_light": OrNull(TrafficLight),
        "progress": Whole(0, 100),
        "archived": Flag(),
    },
    required={"title"},
)

ACTION_FIELDS = Words(tuple(ACTION.fields))
SORT_FIELDS = ("id", "title", "assignee", "start", "due", "status", "traffic_light", "progress", "archived")
ONE_ACTION = parameters(fields=ACTION_FIELDS)
ACTION_LIST = parameters(
    archived=Flag(),
    status=Status,
    traffic_light=TrafficLight,
    label=Text(1),
    assignee=Text(1),
    involved=Text(1),
    strategy_id=Whole(1),
    ogsm_canvas_id=Whole(),
    start_from=Day(),
    start_to=Day(),
    due_from=Day(),
    due_to=Day(),
    overdue=Flag(),
    q=Text(1),
    sort=Words(SORT_FIELDS, signed=True),
    fields=ACTION_FIELDS,
    **PAGING,
)

SCOPES = ("read", "write")
ROLES = ("admin", "member")
PERSON = {"email": Email(), "first_name": Text(1, 100), "last_name": Text(1, 100)}
CREDENTIAL_DETAILS = {"label": Text(0, 100), "scope": Choice(SCOPES), "expires_at": OrNull(Moment())}

LINK = Shape({}, owned={"rel": Text(), "href": Text()})
AVATAR = Shape({}, owned={"thumb_url": Text(), "url": Text()})

ACCOUNT = Shape({"name": Text(1, 100)} | PERSON, required=["name", *PERSON])
USER = Shape(
    PERSON | {"role": Choice(ROLES)},
    required=[*PERSON, "role"],
    owned={"user_since": Moment(), "avatar": AVATAR, "id": UserId(), "name_or_email": Text(), "slug": Text()},
    unseen={"role"},
)
CREDENTIAL = Shape(CREDENTIAL_DETAILS)

FLAGS = ("allow_take_over_by_members", "can_change_background", "allow_invitations", "members_can_change_blocks")
Setting = InTurn(an_object, members({name: Flag() for name in FLAGS}))
WORKSPACE = Shape(
    {"name": Text(1, 255), "description": OrNull(Text()), "setting": Setting, "settings": Setting},
    required={"name"},
    owned={
        "owner": USER,
        "created_at": Moment(),
        "type": Choice(("PersonalWorkspace", "SharedWorkspace")),
        "id": Whole(1),
        "links": Each(LINK),
    },
    spellings={"settings": "setting"},
)

STATES = ("draft", "active", "paused", "finished", "approved", "rejected", "deleted")
STAMPS = {"created_at": Moment(), "updated_at": Moment()}
NAME_AND_ID = {"name": OrNull(Text()), "id": Text(24, 24)}
CHOICE_BLOCK = Shape({}, owned=STAMPS | {"options": Each(Text()), "value": Text()} | NAME_AND_ID)
NUMBER_BLOCK = Shape({}, owned=STAMPS | {"value": Text()} | NAME_AND_ID)
TIME_BLOCK = Shape({}, owned=STAMPS | {"time": OrNull(Moment())} | NAME_AND_ID)
ACTIVITY = Shape(
    {"name": Text(1, 255), "description": OrNull(Text())},
    required={"name"},
    owned=STAMPS
    | {"id": Whole(1), "state": Choice(STATES), "creator": OrNull(USER), "assignee": OrNull(USER)}
    | {"priority": CHOICE_BLOCK, "size": CHOICE_BLOCK, "progress": NUMBER_BLOCK}
    | {"target_date": TIME_BLOCK, "alarm": TIME_BLOCK},
)
ENTRY = Shape({}, owned={"activity": ACTIVITY})
LANDED_ENTRY = Shape({}, owned=ENTRY.owned | {"links": Each(LINK)})

HOLDING = {"id": Whole(1), "rules": Each(Text()), "links": Each(LINK), "items": Each(ENTRY)}
INBOX = Shape({}, owned=HOLDING)
OUTBOX = Shape({}, owned={"id": Whole(1), "user": USER, "links": Each(LINK), "items": Each(ENTRY)})
STACK = Shape({"name": Text(1, 255), "description": OrNull(Text())}, required={"name"}, owned=HOLDING, unseen={"rules"})
POSITION = Shape({"position": OrNull(Whole(0))})
ITEM = Shape(
    {
        "type": Choice(("Activity",)),
        "item_type": Choice(("Activity",)),
        "id": Whole(1),
        "item_id": Whole(1),
        "name": Text(1, 255),
        "description": OrNull(Text()),
    },
    spellings={"item_type": "type", "item_id": "id"},
    some=Some(("id", "name"), only_one=True),
)
EXISTING_ITEM = Shape(
    {name: kind for name, kind in ITEM.fields.items() if name not in ("name", "description")},
    spellings=ITEM.spellings,
    some=Some(("id",)),
)
LIST = parameters(**PAGING)
ALL_ITEMS = parameters(workspace_id=Whole(1), **PAGING)
REMOVAL = parameters(archive_items=Flag())

NAMED_WORKSPACE = Shape(
    {},
    owned={"id": Whole(1), "name": Text(), "type": WORKSPACE.owned["type"], "description": OrNull(Text())},
)
INVITATION = Shape(
    {},
    owned={"id": Whole(1), "workspace": NAMED_WORKSPACE, "user": USER, "email": Email(), "inviter": USER}
    | {"state": Choice(("pending", "accepted", "declined")), "created_at": Moment()}
    | {"delivery": Choice(("sent", "failed", "unsent")), "links": Each(LINK)},
)
INVITING = Shape({"cc": Flag(), "slug": Several(Text(1, 255)), "email": Several(Email())}, some=Some(("email", "slug")))
NAMES = Shape({"first_name": Text(1, 100), "last_name": Text(1, 100)}, required={"first_name", "last_name"})

FIELD_ERROR = Shape({}, owned={"pointer": Text(), "detail": Text()})
PROBLEM = Shape(
    {},
    owned={name: Text() for name in ("type", "title", "detail", "instance", "message", "request_id")}
    | {"status": Whole(400, 599), "errors": Each(FIELD_ERROR)},
    unseen={"errors", "instance", "title", "status"},  # not all of API Gateway's own answers have them
)
HEALTH = Shape({}, owned={"status": Choice(("ok",))})
CONTRACT = Shape({}, owned={"openapi": Text()})

ISSUING = Shape(CREDENTIAL_DETAILS | {"user": OrNull(Text(1, 255))})
HELD_CREDENTIAL = Shape(
    CREDENTIAL_DETAILS,
    owned={"key": Text(), "id": Text(), "account": Whole(1), "user": UserId(), "created_at": Moment()}
    | {name: OrNull(Moment()) for name in ("last_used_at", "revoked_at", "old_secret_until")}
    | {"secret": Text()},
    unseen={"secret"},  # shown once
)
LONGEST_OVERLAP = 7 * 24 * 60 * 60  # seconds
ROTATION = Shape({"overlap": Whole(0, LONGEST_OVERLAP)})
COLLEAGUE = Shape(USER.fields, required=PERSON, owned=USER.owned, unseen={"role"})  # the role is for admins
ACTOR = Shape({}, owned={"user": Text(), "credential": OrNull(Text())})
SUBJECT = Shape({}, owned={"kind": Choice(("user", "credential")), "id": Text()})
EVENT = Shape(
    {},
    owned={
        "id": Text(),
        "at": Moment(),
        "actor": ACTOR,
        "verb": Choice(("create", "update", "rotate", "revoke", "change_role", "delete")),
        "subject": SUBJECT,
        "details": InTurn(an_object, {}),
    },
)
