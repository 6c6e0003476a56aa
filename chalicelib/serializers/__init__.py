"""Turn what the domain returns into the documented JSON, without reading anything: one module per noun.

Objects with few fields become dicts. Activities, comments and delegations are stored as JSON text and stay text: users,
times and links are filled in, and nothing is parsed. Serializers do not import the domain: a protocol says which
attributes of a domain object a serializer needs.
"""
