"""How many statements a request sends to the database, counted in this process.

Run as `python -m bench.rig.queries` with a JSON list of requests on stdin, because the product and
its peer have different settings and a process can have only one.
"""

import json
import sys
from typing import Any

TRANSACTION = ("BEGIN", "COMMIT", "ROLLBACK", "SAVEPOINT", "RELEASE")


def count(requests: list[dict[str, Any]], *, username: str) -> dict[str, list[int]]:
    """For each named request: queries, and statements of the transaction around them."""
    import django

    django.setup()
    from django.contrib.auth import get_user_model
    from django.db import connection
    from django.test import Client
    from django.test.utils import CaptureQueriesContext

    # Not as the test client is mostly used: a fault must show, and the host is a real one.
    client = Client(headers={"host": "127.0.0.1"})
    backend = "django.contrib.auth.backends.ModelBackend"
    client.force_login(get_user_model().objects.get(username=username), backend=backend)
    counted: dict[str, list[int]] = {}
    for each in requests:
        send = client.post if each["form"] is not None else client.get
        form, headers = each["form"] or {}, each["headers"]
        send(each["path"], form, headers=headers)
        with CaptureQueriesContext(connection) as captured:
            response = send(each["path"], form, headers=headers)
        if response.status_code != 200:
            raise AssertionError(f"{each['name']}: {response.status_code}")
        said = [query["sql"] for query in captured.captured_queries]
        around = sum(1 for sql in said if sql.startswith(TRANSACTION))
        counted[each["name"]] = [len(said) - around, around]
    return counted


if __name__ == "__main__":
    asked = json.load(sys.stdin)
    print(json.dumps(count(asked["requests"], username=asked["username"])))
