"""Vega, which draws the charts of a page, as one script within it: pages work without a network.

Belongs here: the script and its version. Not here: any chart (figures.py, the explorer's scripts).
"""

from functools import cache

import vl_convert
from markupsafe import Markup

# The newest Vega-Lite that vl-convert brings.
VEGA_LITE = vl_convert.get_vegalite_versions()[-1]


@cache
def vega() -> Markup:
    """Vega, Vega-Lite and Vega-Embed as one script, from the installed vl-convert.

    The first call takes a second: vl-convert bundles the script anew.
    """
    return in_html(vl_convert.javascript_bundle("window.vegaEmbed = vegaEmbed;", VEGA_LITE))


def in_html(source: str) -> Markup:
    """A script that can stand within a page: it must not seem to end there."""
    return Markup(source.replace("</script", "<\\/script").replace("<!--", "<\\!--"))
