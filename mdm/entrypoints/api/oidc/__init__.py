"""Access tokens of an OpenID Connect provider."""

from mdm.entrypoints.api.oidc.tokens import TokenReader, reader_of

__all__ = ["TokenReader", "reader_of"]
