"""The register of sources: which feed reads which file, from the built-in mappings and a user's own."""

from collections.abc import Collection, Mapping
from difflib import get_close_matches
from fnmatch import fnmatch
from pathlib import Path
from typing import NoReturn

from mdm.errors import DeclarationError, UnknownFile, UnknownSource
from mdm.sources.declaration import FeedDeclaration, FormatDeclaration
from mdm.sources.feed import Feed
from mdm.sources.mapping_file import read_mapping

BUILT_IN = Path(__file__).parent / "mappings"
CANONICAL = "canonical"
JSON_LINES = ("*.jsonl", "*.ndjson")


class Registry:
    """The sources with a mapping and their feeds."""

    def __init__(self, feeds: Mapping[str, Mapping[str, Feed]], titles: Mapping[str, str]) -> None:
        """Keep the feeds by source and name."""
        self._feeds = feeds
        self._canonical: dict[str, Feed] = {}
        self.titles = titles

    @property
    def sources(self) -> tuple[str, ...]:
        """The names of the sources that have a mapping."""
        return tuple(self._feeds)

    def feeds(self, source: str) -> tuple[Feed, ...]:
        """Return the feeds of a source; raises UnknownSource."""
        if source not in self._feeds:
            self._unknown(source)
        return tuple(self._feeds[source].values())

    def feed(self, source: str, name: str) -> Feed:
        """Return a feed by its name, for deliveries taken earlier; raises UnknownSource or UnknownFile."""
        if name == CANONICAL and name not in self._feeds.get(source, {}):
            return self._canonical_feed(source)
        for feed in self.feeds(source):
            if feed.name == name:
                return feed
        raise UnknownFile(
            f'Source "{source}" has no feed "{name}".', hint=f"It has {', '.join(self._feeds[source])}.", source=source
        )

    def feed_for(self, source: str, file_name: str) -> Feed:
        """Return the feed that reads a file of this name; a source without a mapping sends canonical JSON lines."""
        name = Path(file_name).name.lower()
        if source not in self._feeds:
            if any(fnmatch(name, pattern) for pattern in JSON_LINES):
                return self._canonical_feed(source)
            self._unknown(source)
        fitting = [
            (len(pattern), feed)
            for feed in reversed(self.feeds(source))
            for pattern in feed.declared.files
            if fnmatch(name, pattern.lower())
        ]
        if fitting:
            return max(fitting, key=lambda found: found[0])[1]
        known = "; ".join(f"{feed.name}: {', '.join(feed.declared.files)}" for feed in self.feeds(source))
        raise UnknownFile(
            f'No feed of source "{source}" reads a file named {name}.', hint=f"It reads {known}.", source=source
        )

    def check(self, attributes: Mapping[str, Collection[str]]) -> None:
        """Check every mapping against the attributes of the domains; raises DeclarationError."""
        for feed in (feed for source in self._feeds for feed in self.feeds(source) if feed.domain):
            known = attributes.get(feed.domain or "")
            if known is None:
                _refuse(feed, "domain", f'"{feed.domain}" is no domain', feed.domain or "", attributes)
            for name in feed.declared.attributes:
                if name not in known:
                    _refuse(feed, f"attributes.{name}", f"{feed.domain} has no such attribute", name, known)

    def _canonical_feed(self, source: str) -> Feed:
        if source not in self._canonical:
            declared = FeedDeclaration(files=list(JSON_LINES), format=FormatDeclaration(type=CANONICAL))
            self._canonical[source] = Feed(source, CANONICAL, declared, "UTC")
        return self._canonical[source]

    def _unknown(self, source: str) -> NoReturn:
        close = get_close_matches(source, self._feeds, n=1)
        hint = f'Did you mean "{close[0]}"?' if close else f"Mapped are {', '.join(self._feeds)}."
        raise UnknownSource(f'No mapping reads files of source "{source}".', hint=hint, source=source)


def load_mappings(*folders: Path) -> Registry:
    """Read the built-in mappings, then those of the given folders; raises DeclarationError.

    A later folder adds sources and feeds, and replaces a feed of the same source and name.
    """
    feeds: dict[str, dict[str, Feed]] = {}
    titles: dict[str, str] = {}
    for folder in (BUILT_IN, *folders):
        if not folder.is_dir():
            raise DeclarationError(
                f"{folder} is not a folder.", hint="Name a folder of mapping files.", file=str(folder)
            )
        origin: dict[str, Path] = {}
        for file in sorted([*folder.glob("*.yaml"), *folder.glob("*.yml")]):
            declared = read_mapping(file)
            if declared.source in origin:
                raise DeclarationError(
                    f'{file.name}: source: "{declared.source}" is declared in {origin[declared.source].name} already.',
                    hint="Put all feeds of a source into one file.",
                    file=str(file),
                    path="source",
                )
            origin[declared.source] = file
            titles[declared.source] = declared.title or titles.get(declared.source, declared.source)
            of_source = feeds.setdefault(declared.source, {})
            for name, feed in declared.feeds.items():
                of_source.pop(name, None)
                of_source[name] = Feed(declared.source, name, feed, declared.timezone)
    return Registry(feeds, titles)


def _refuse(feed: Feed, path: str, reason: str, name: str, known: Collection[str]) -> NoReturn:
    close = get_close_matches(name, known, n=1)
    hint = f"Did you mean `{close[0]}`?" if close else f"Known are {', '.join(sorted(known))}."
    place = f"feeds.{feed.name}.{path}"
    raise DeclarationError(
        f"mapping {feed.source}: {place}: {reason}.", hint=hint, file=feed.source, path=place, reason=reason
    )
