"""The one DynamoDB table: what lies in it and the only code that talks to it."""

from chalicelib import config

if config.FASTPATH:  # before any module of this package imports botocore
    from chalicelib.storage.fastpath.documentation import import_botocore

    import_botocore()
