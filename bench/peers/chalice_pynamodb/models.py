"""The items of the table as PynamoDB models."""

import os

from pynamodb.attributes import (
    BooleanAttribute,
    ListAttribute,
    MapAttribute,
    NumberAttribute,
    UnicodeAttribute,
    VersionAttribute,
)
from pynamodb.models import Model

TABLE = os.environ["TABLE_NAME"]


class Named(MapAttribute):
    """A label, a person, a status."""

    name = UnicodeAttribute()


class Strategy(MapAttribute):
    """A strategy, by its id."""

    id = NumberAttribute()


class Canvas(MapAttribute):
    """A place on a canvas."""

    id = NumberAttribute()
    row_order = NumberAttribute()


class Table(Model):
    """What all items share."""

    class Meta:
        """The table."""

        table_name = TABLE

    pk = UnicodeAttribute(hash_key=True)
    sk = UnicodeAttribute(range_key=True)


class Action(Table):
    """An action."""

    id = NumberAttribute()
    title = UnicodeAttribute()
    labels = ListAttribute(of=Named)
    strategies = ListAttribute(of=Strategy)
    description = UnicodeAttribute(null=True)
    assignee = Named(null=True)
    involved = ListAttribute(of=Named)
    start = UnicodeAttribute(null=True)
    due = UnicodeAttribute(null=True)
    status = Named()
    ogsm_canvases = ListAttribute(of=Canvas)
    traffic_light = UnicodeAttribute(null=True)
    progress = NumberAttribute()
    archived = BooleanAttribute()
    version = VersionAttribute()


class Counter(Table):
    """Counts up atomically."""

    last = NumberAttribute()


class User(Table):
    """A person."""

    id = UnicodeAttribute()
    email = UnicodeAttribute()
    first_name = UnicodeAttribute()
    last_name = UnicodeAttribute()
    slug = UnicodeAttribute()
    created_at = UnicodeAttribute()


class Workspace(Table):
    """A workspace."""

    id = NumberAttribute()
    owner = UnicodeAttribute()
    created_at = UnicodeAttribute()
    name = UnicodeAttribute()
    type = UnicodeAttribute()
    description = UnicodeAttribute(null=True)
    setting = MapAttribute()
    ending = UnicodeAttribute(null=True)


class Member(Table):
    """A user's place in a workspace."""

    role = UnicodeAttribute()


class Block(MapAttribute):
    """A building block of an activity; each kind has some of these."""

    created_at = UnicodeAttribute()
    options = ListAttribute(of=UnicodeAttribute, null=True)
    updated_at = UnicodeAttribute()
    value = UnicodeAttribute(null=True)
    time = UnicodeAttribute(null=True)
    name = UnicodeAttribute(null=True)
    id = UnicodeAttribute()


class Activity(MapAttribute):
    """An activity; people stand in it by their ids."""

    id = NumberAttribute()
    name = UnicodeAttribute()
    description = UnicodeAttribute(null=True)
    state = UnicodeAttribute()
    created_at = UnicodeAttribute()
    updated_at = UnicodeAttribute()
    priority = Block()
    creator = UnicodeAttribute()
    progress = Block()
    target_date = Block()
    size = Block()
    assignee = UnicodeAttribute(null=True)
    alarm = Block()


class Placement(Table):
    """An activity where it lies."""

    activity = Activity()
