"""What a folder of exports says of itself: to programs, to search engines, and to people.

Belongs here: the Data Package (version 2), Croissant, schema.org JSON-LD, the README and the
citation of a folder. Not here: the words on a column (tables.py, and the marts' comments), or the
references themselves (citation.py).
"""

import hashlib
import json
import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import yaml

from orchestration.published.citation import Reference, as_text
from orchestration.published.exports.formats import Described
from orchestration.published.exports.tables import FILES, Asked, File
from orchestration.published.public import LeftOut

# The data package, which lists every file with its hash.
DESCRIPTION = "datapackage.json"
# All files that describe a folder, and the names that its data package may have.
DESCRIPTIONS = ("README.md", "CITATION.cff", "dataset.jsonld", "croissant.json", DESCRIPTION)
PACKAGES = ("unga-votes", "unga-votes-public")
TITLE = "The recorded votes of the UN General Assembly"
KEYWORDS = [
    "United Nations General Assembly",
    "roll-call votes",
    "voting agreement",
    "foreign policy similarity",
    "ideal points",
]
MEDIA = {
    "parquet": "application/vnd.apache.parquet",
    "csv": "text/csv",
    "csv.gz": "application/gzip",
    "dta": "application/x-stata-dta",
    "rds": "application/x-rds",
}
CC0 = "https://creativecommons.org/publicdomain/zero/1.0/"


@dataclass(frozen=True)
class Written:
    """A file that was written: its table, its format, its path within the folder, its columns."""

    file: File
    form: str
    path: str
    described: Described


@dataclass(frozen=True)
class About:
    """What the descriptions say: the file that was exported, what of it, and its references.

    `tables` are the names of what was written, `works` the project and the sources that the folder
    rests on; `version` is that of code and data, `through` the day of the last vote, `first_year`
    and `last_year` those of the votes.
    """

    works: tuple[Reference, ...]
    tables: tuple[str, ...]
    version: str
    published_at: str
    through: str
    first_year: int
    last_year: int
    synthetic: bool
    asked: Asked
    left_out: LeftOut | None
    has_ideal_points: bool

    @property
    def title(self) -> str:
        """The title of the folder."""
        kind = "SYNTHETIC SAMPLE: " if self.synthetic else ""
        return f"{kind}{TITLE}{', public files' if self.left_out else ''}"

    @property
    def sources(self) -> tuple[Reference, ...]:
        """The sources that the folder rests on."""
        return self.works[1:]

    @property
    def words(self) -> str:
        """What the folder holds, in a few sentences."""
        said = [
            f"Recorded votes of the UN General Assembly from {self.first_year} to "
            f"{self.last_year}: {', '.join(self.tables)}; states by their ISO, Correlates of War, "
            "and Gleditsch and Ward codes, dyads with every measure of voting agreement and its "
            "standard error."
        ]
        if self.synthetic:
            said.append("An invented Assembly: no number in it is real.")
        if self.left_out:
            said.append(
                "Without rows of the UN Digital Library, which may not be redistributed: "
                f"{self.left_out}."
            )
        if not self.asked.is_everything:
            said.append(f"A part only: {_asked_in_words(self.asked)}.")
        return " ".join(said)


def _asked_in_words(asked: Asked) -> str:
    parts = {
        "states": ", ".join(asked.states),
        "years": ", ".join(_spans(asked.years)),
        "topics": ", ".join(map(":".join, asked.topics)),
        "measures": ", ".join(asked.measures),
        "dyads": "in both orders" if asked.ordered else "",
    }
    return "; ".join(f"{name} {said}" for name, said in parts.items() if said)


def _spans(years: Sequence[int]) -> Iterator[str]:
    """Years as spans: 1992 to 2000, 2022."""
    firsts = [year for year in sorted(set(years)) if year - 1 not in years]
    for first in firsts:
        last = first
        while last + 1 in years:
            last += 1
        yield str(first) if first == last else f"{first} to {last}"


def describe_package(folder: Path, written: Sequence[Written], about: About) -> list[Path]:
    """Write the descriptions of a folder's files; their paths within it, the data package last."""
    files = list(_facts(folder, written))
    texts = {
        "README.md": _readme(files, about),
        "CITATION.cff": _citation(about),
        "dataset.jsonld": _json(_json_ld(files, about)),
        "croissant.json": _json(_croissant(files, about)),
        DESCRIPTION: _json(_data_package(files, about)),
    }
    for name, text in texts.items():
        (folder / name).write_text(text, encoding="utf-8")
    return [Path(name) for name in texts]


@dataclass(frozen=True)
class Facts:
    """A written file with its size and hash, and its name as a resource."""

    written: Written
    name: str
    bytes: int
    sha256: str

    @property
    def media(self) -> str:
        """Its media type."""
        return MEDIA["csv.gz" if self.written.path.endswith(".gz") else self.written.form]


def _facts(folder: Path, written: Sequence[Written]) -> Iterator[Facts]:
    for one in written:
        file = folder / one.path
        with file.open("rb") as content:
            digest = hashlib.file_digest(content, "sha256").hexdigest()
        yield Facts(one, re.sub(r"[^a-z0-9._-]", "-", one.path), file.stat().st_size, digest)


def _json(content: object) -> str:
    return json.dumps(content, indent=2, ensure_ascii=False) + "\n"


# The Data Package

_KINDS = {"VARCHAR": "string", "DATE": "date", "BOOLEAN": "boolean", "TIMESTAMP": "datetime"}
_KINDS |= dict.fromkeys(("TINYINT", "SMALLINT", "INTEGER", "BIGINT", "HUGEINT"), "integer")
_KINDS |= dict.fromkeys(("FLOAT", "DOUBLE"), "number")


def _data_package(files: Sequence[Facts], about: About) -> dict[str, Any]:
    """The folder as a Data Package of version 2, with keys and foreign keys."""
    return {
        "$schema": "https://datapackage.org/profiles/2.0/datapackage.json",
        "name": PACKAGES[about.left_out is not None],
        "title": about.title,
        "description": about.words,
        "version": about.version,
        "created": f"{about.published_at}Z",
        "keywords": KEYWORDS,
        "licenses": list(_licences(about)),
        "contributors": [
            {"title": author.get("literal") or author["family"], "roles": ["creator"]}
            for author in about.works[0].authors
        ],
        "sources": [
            {
                name: value
                for name, value in {
                    "title": work.title,
                    "path": work.url,
                    "version": work.version,
                }.items()
                if value
            }
            for work in about.sources
        ],
        "resources": [_resource(file, files, about) for file in files],
    }


def _licences(about: About) -> Iterator[dict[str, str]]:
    """The terms of each source, which the data keep."""
    for work in about.sources:
        cc0 = work.licence.startswith("CC0")
        named = {"name": "CC0-1.0", "path": CC0} if cc0 else {"path": work.url}
        yield named | {"title": f"{work.title}: {work.licence}"}


def _resource(file: Facts, files: Sequence[Facts], about: About) -> dict[str, Any]:
    written = file.written
    schema: dict[str, Any] = {
        "fields": [
            {"name": name, "type": _KINDS.get(kind, "any"), "description": words}
            for name, (kind, words) in written.described.items()
        ],
    }
    if written.file.key:
        schema["primaryKey"] = list(written.file.key)
    if keys := list(_foreign_keys(file, files, about)):
        schema["foreignKeys"] = keys
    sizes: dict[str, Any] = {"bytes": file.bytes, "hash": f"sha256:{file.sha256}"}
    if written.form == "parquet":
        # frictionless 5.21 does not count the bytes of Parquet, and takes any number for wrong.
        sizes = {"size": file.bytes, "sha256": file.sha256}
    resource = {
        "name": file.name,
        "path": written.path,
        "title": f"{written.file.name}, {written.form}",
        "description": written.file.words,
        "format": written.form,
        "mediatype": file.media,
        **sizes,
        "schema": schema,
    }
    return resource | ({"encoding": "utf-8"} if written.form == "csv" else {})


def _foreign_keys(file: Facts, files: Sequence[Facts], about: About) -> Iterator[dict[str, Any]]:
    """The keys that lead to a file of the folder which has every row that they may lead to."""
    for refers in file.written.file.refers:
        theirs = [
            other
            for other in files
            if other.written.file.name == refers.file and other.written.form in ("csv", "parquet")
        ]
        # Partners of the states that are asked for are not among the states.
        narrowed = about.asked.states and FILES[refers.file].states
        # Read by their rows, not as bytes of another format.
        same = [other for other in theirs if other.written.form == file.written.form]
        if theirs and not narrowed and file.written.form in ("csv", "parquet"):
            yield {
                "fields": list(refers.columns),
                "reference": {
                    "resource": (same or theirs)[0].name,
                    "fields": list(refers.theirs),
                },
            }


# Croissant and schema.org

_CONTEXT = {
    "@language": "en",
    "@vocab": "https://schema.org/",
    "citeAs": "cr:citeAs",
    "column": "cr:column",
    "conformsTo": "dct:conformsTo",
    "cr": "http://mlcommons.org/croissant/",
    "rai": "http://mlcommons.org/croissant/RAI/",
    "data": {"@id": "cr:data", "@type": "@json"},
    "dataType": {"@id": "cr:dataType", "@type": "@vocab"},
    "dct": "http://purl.org/dc/terms/",
    "equivalentProperty": "cr:equivalentProperty",
    "examples": {"@id": "cr:examples", "@type": "@json"},
    "extract": "cr:extract",
    "field": "cr:field",
    "fileProperty": "cr:fileProperty",
    "fileObject": "cr:fileObject",
    "fileSet": "cr:fileSet",
    "format": "cr:format",
    "includes": "cr:includes",
    "isLiveDataset": "cr:isLiveDataset",
    "jsonPath": "cr:jsonPath",
    "key": "cr:key",
    "md5": "cr:md5",
    "parentField": "cr:parentField",
    "path": "cr:path",
    "recordSet": "cr:recordSet",
    "references": "cr:references",
    "regex": "cr:regex",
    "repeated": "cr:repeated",
    "replace": "cr:replace",
    "samplingRate": "cr:samplingRate",
    "sc": "https://schema.org/",
    "separator": "cr:separator",
    "source": "cr:source",
    "subField": "cr:subField",
    "transform": "cr:transform",
}
_CROISSANT_KINDS = {
    "string": "sc:Text",
    "date": "sc:Date",
    "datetime": "sc:DateTime",
    "boolean": "sc:Boolean",
    "integer": "sc:Integer",
    "number": "sc:Float",
}


def _dataset(about: About) -> dict[str, Any]:
    """What Croissant and plain JSON-LD both say."""
    project = about.works[0]
    return {
        "name": about.title,
        "description": about.words,
        "url": project.url or about.sources[0].url,
        "version": about.version,
        "datePublished": about.published_at[:10],
        "keywords": KEYWORDS,
        "license": [CC0 if work.licence.startswith("CC0") else work.url for work in about.sources],
        "creator": [
            {"@type": "Organization", "name": author.get("literal") or author["family"]}
            for author in project.authors
        ],
    }


def _croissant(files: Sequence[Facts], about: About) -> dict[str, Any]:
    """The folder in Croissant 1.0: every file, and the columns of each table that is one file."""
    return {
        "@context": _CONTEXT,
        "@type": "sc:Dataset",
        "conformsTo": "http://mlcommons.org/croissant/1.0",
        **_dataset(about),
        "citeAs": as_text(about.works),
        "distribution": [
            {
                "@type": "cr:FileObject",
                "@id": file.name,
                "name": file.name,
                "description": file.written.file.words,
                "contentUrl": file.written.path,
                "contentSize": f"{file.bytes} B",
                "encodingFormat": file.media.replace("vnd.apache.parquet", "x-parquet"),
                "sha256": file.sha256,
            }
            for file in files
        ],
        "recordSet": [_record_set(file) for file in _read_by_column(files)],
    }


def _read_by_column(files: Sequence[Facts]) -> Iterator[Facts]:
    """One file for each table that a single file holds, Parquet before CSV."""
    for name in FILES:
        of_table = [file for file in files if file.written.file.name == name]
        for form in ("parquet", "csv"):
            found = [file for file in of_table if file.written.form == form]
            if found:
                if len(found) == 1 and not found[0].written.path.endswith(".gz"):
                    yield found[0]
                break


def _record_set(file: Facts) -> dict[str, Any]:
    table = file.written.file
    found = {
        "@type": "cr:RecordSet",
        "@id": table.name,
        "name": table.name,
        "description": table.words,
        "field": [
            {
                "@type": "cr:Field",
                "@id": f"{table.name}/{name}",
                "name": name,
                "description": words,
                "dataType": _CROISSANT_KINDS[_KINDS.get(kind, "string")],
                "source": {"fileObject": {"@id": file.name}, "extract": {"column": name}},
            }
            for name, (kind, words) in file.written.described.items()
        ],
    }
    key = [{"@id": f"{table.name}/{name}"} for name in table.key]
    return found | ({"key": key} if key else {})


def _json_ld(files: Sequence[Facts], about: About) -> dict[str, Any]:
    """The folder in schema.org's terms, which search engines for data read."""
    return {
        "@context": "https://schema.org/",
        "@type": "Dataset",
        **_dataset(about),
        "isAccessibleForFree": True,
        "temporalCoverage": f"{about.first_year}/{about.last_year}",
        "spatialCoverage": "World",
        "citation": [work.words or work.title for work in about.sources],
        "isBasedOn": [work.url for work in about.sources],
        "variableMeasured": [
            {"@type": "PropertyValue", "name": name, "description": words}
            for name, words in _variables(files).items()
        ],
        "distribution": [
            {
                "@type": "DataDownload",
                "name": file.name,
                "description": file.written.file.words,
                "contentUrl": file.written.path,
                "encodingFormat": file.media,
                "contentSize": f"{file.bytes} B",
                "sha256": file.sha256,
            }
            for file in files
        ],
    }


def _variables(files: Sequence[Facts]) -> Mapping[str, str]:
    found: dict[str, str] = {}
    for file in files:
        for name, (_, words) in file.written.described.items():
            found.setdefault(name, words)
    return found


# For people

_README = """# {title}

{words}

Version {version}: the release of the code, then the day of the last vote ({through}).
Published {published_at} UTC.

| file | bytes | rows are |
|---|---:|---|
{files}

- A missing value is empty in CSV, `.` or an empty text in Stata, `NA` in R.
- In Stata a vote is 1 yes, 2 abstain, 3 no, 8 absent, with these words as labels.
- {order}
- A measure is missing where both cast fewer than 5 votes on the same roll calls.
- `ccode` and `gwcode` are the state's numbers in that year (in `groups`, its last ones); in any
  year a number belongs to one state only.
{ideal_points}
`datapackage.json` describes every column (Data Package, version 2), with keys and the hash of each
file; `croissant.json` and `dataset.jsonld` say the same to other programs.

## Cite and licences

{left_out}
```text
{citation}
```

`CITATION.cff` has the same for reference managers.
"""
_ORDERED = "Each dyad is in both orders."
_UNORDERED = (
    "Each dyad is there once, the state with the lower Correlates of War number first; "
    "`voting_coincidence` takes the first as its reference."
)


def _readme(files: Sequence[Facts], about: About) -> str:
    left_out = (
        "Nothing here is a row of the UN Digital Library: see above.\n"
        if about.left_out
        else "Rows of the UN Digital Library may be used with attribution and **not be "
        "redistributed**: `unga export --public` writes files that may.\n"
    )
    if not about.left_out and not any("undl" in work.key for work in about.sources):
        left_out = ""
    missing = "- Ideal points are left out: votes that may not be passed on went into them.\n"
    return _README.format(
        title=about.title,
        words=about.words,
        version=about.version,
        through=about.through,
        published_at=about.published_at.replace("T", " "),
        files="\n".join(
            f"| `{file.written.path}` | {file.bytes:,} | {file.written.file.words} |"
            for file in files
        ),
        order=_ORDERED if about.asked.ordered else _UNORDERED,
        ideal_points="" if about.has_ideal_points else missing,
        left_out=left_out,
        citation=as_text(about.works),
    )


def _citation(about: About) -> str:
    """The folder as a data set in the Citation File Format."""
    project = about.works[0]
    content = {
        "cff-version": "1.2.0",
        "message": "Please cite this data set with its version, and the sources that it is from.",
        "title": about.title,
        "type": "dataset",
        "authors": [_author(author) for author in project.authors],
        "version": about.version,
        "date-released": about.published_at[:10],
        "abstract": about.words,
        "keywords": KEYWORDS,
        "references": [
            {
                name: value
                for name, value in {
                    "type": "data",
                    "title": work.title,
                    "authors": [_author(author) for author in work.authors]
                    or [{"name": work.title}],
                    "version": work.version,
                    "doi": work.doi,
                    "url": "" if work.doi else work.url,
                    "notes": work.licence,
                }.items()
                if value
            }
            for work in about.sources
        ],
    }
    if project.doi:
        content["doi"] = project.doi
    return yaml.safe_dump(content, sort_keys=False, allow_unicode=True, width=100)


def _author(author: Mapping[str, str]) -> dict[str, str]:
    if "literal" in author:
        return {"name": author["literal"]}
    return {"family-names": author["family"], "given-names": author["given"]}
