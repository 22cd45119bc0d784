"""What a WSGI server runs."""

import gc
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
    _settle()
    return handler


def _settle() -> None:
    """Load what every request needs, and let the collector never look at it again.

    Otherwise each full collection walks through all of the program, in the middle of a request.
    """
    from django.urls import get_resolver

    from tautband.clinical.anatomy import muscles

    list(get_resolver().url_patterns)
    muscles()
    gc.collect()
    gc.freeze()


application = _application()
