"""Scripts are served under names that change with what is in them, and so are their imports."""

import re
from pathlib import Path

from django.core.files.storage import FileSystemStorage

import tautband.design
from tautband.config import settings as product
from tautband.config.static_files import HashedModules

STATIC = Path(tautband.design.__file__).parent / "static"
SCRIPT, MODULE = "design/body-map.js", "design/body-map-marks.js"


def test_a_script_imports_its_module_by_the_name_that_changes_with_it(tmp_path: Path) -> None:
    assert product.STORAGES["staticfiles"]["BACKEND"].endswith(".HashedModules")
    source = FileSystemStorage(STATIC)
    served = HashedModules(location=tmp_path, base_url="/static/")
    for name in (SCRIPT, MODULE):
        with source.open(name) as file:
            served.save(name, file)
    list(served.post_process({name: (source, name) for name in (SCRIPT, MODULE)}))
    names, _ = served.load_manifest()
    asked = re.search(
        r'^import .* from "\./(.+)";$', (tmp_path / names[SCRIPT]).read_text("utf-8"), re.MULTILINE
    )
    assert asked
    assert f"design/{asked[1]}" == names[MODULE] != MODULE
