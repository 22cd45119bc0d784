"""What a WSGI server runs."""

import os
from typing import TYPE_CHECKING

from django.core.wsgi import get_wsgi_application

if TYPE_CHECKING:
    from django.core.handlers.wsgi import WSGIHandler

from tautband.config import install


def _application() -> "WSGIHandler":
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "tautband.config.settings")
    install.prepare()
    handler = get_wsgi_application()

    from django.db import connections

    from tautband.config import store

    # `tautband serve` has done this already; another server gets the same care.
    store.bring_up()
    connections.close_all()
    return handler


application = _application()
