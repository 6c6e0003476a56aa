"""The shape of every accepted body and parameter list: one declaration per noun."""

from chalicelib.shapes import Each, InTurn, OrNull, Several, Shape, an_object, members, named, parameters
from chalicelib.values import Choice, Cursor, Day, Email, Flag, Moment, Text, Whole, Words

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

Canvas = InTurn(an_object, members({"id": Whole(), "row_order": OrNull(Whole())}, required={"id"}))

ACTION = Shape(
    {
        "id": object,
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

ACCOUNT = Shape({"name": Text(1, 100)} | PERSON, required=["name", *PERSON])
USER = Shape(PERSON | {"role": Choice(ROLES)}, required=[*PERSON, "role"])
CREDENTIAL = Shape(CREDENTIAL_DETAILS)

FLAGS = ("allow_take_over_by_members", "can_change_background", "allow_invitations", "members_can_change_blocks")
Setting = InTurn(an_object, members({name: Flag() for name in FLAGS}))
WORKSPACE = Shape(
    {"name": Text(1, 255), "description": OrNull(Text()), "setting": Setting, "settings": Setting},
    required={"name"},
    owned={"owner", "created_at", "type", "id", "links"},
    spellings={"settings": "setting"},
)
STACK = Shape(
    {"name": Text(1, 255), "description": OrNull(Text())}, required={"name"}, owned={"id", "links", "items", "rules"}
)
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
)
LIST = parameters(**PAGING)
ALL_ITEMS = parameters(workspace_id=Whole(1), **PAGING)
REMOVAL = parameters(archive_items=Flag())

INVITATION = Shape({"cc": Flag(), "slug": Several(Text(1, 255)), "email": Several(Email())})
NAMES = Shape({"first_name": Text(1, 100), "last_name": Text(1, 100)}, required={"first_name", "last_name"})
