"""Files for other programs: what is in each, its formats, and a folder that describes itself.

Belongs here: writing files from a published file. Not here: what may be passed on (public.py), or
when files are written (assets/publication.py, cli/export.py).
"""

from orchestration.published.exports.folder import Exported, ExportError, export
from orchestration.published.exports.tables import BIG, FILES, Asked

__all__ = ["BIG", "FILES", "Asked", "ExportError", "Exported", "export"]
