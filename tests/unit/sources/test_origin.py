"""Where sources are asked, by the environment."""

import pytest

from orchestration.run.warehouse import Warehouse
from orchestration.sources import Origin
from orchestration.sources.release import DATAVERSE_URL, UNXML_URL

NAMES = ("UNGA_MIRROR", "UNGA_UNXML", "UNGA_DATAVERSE")


@pytest.mark.parametrize(
    ("environment", "wanted"),
    [
        ({}, (None, UNXML_URL, DATAVERSE_URL)),
        ({"UNGA_UNXML": "", "UNGA_DATAVERSE": ""}, (None, UNXML_URL, DATAVERSE_URL)),
        (
            {"UNGA_UNXML": "http://a:1/x/", "UNGA_DATAVERSE": "http://b:2/"},
            (None, "http://a:1/x", "http://b:2"),
        ),
        ({"UNGA_MIRROR": "http://m"}, ("http://m", UNXML_URL, DATAVERSE_URL)),
    ],
)
def test_the_environment_names_the_servers(
    monkeypatch: pytest.MonkeyPatch, environment: dict, wanted: tuple
):
    for name in NAMES:
        monkeypatch.delenv(name, raising=False)
    for name, value in environment.items():
        monkeypatch.setenv(name, value)
    for origin in (Origin.from_environment(), Warehouse(folder="w").origin):
        assert (origin.mirror, origin.unxml_url, origin.dataverse_url) == wanted
