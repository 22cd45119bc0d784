"""People who sign in."""

import uuid
from typing import Any, ClassVar

from django.contrib.auth.base_user import AbstractBaseUser, BaseUserManager
from django.db import models


class UserManager(BaseUserManager["User"]):
    """Finds people by the name they sign in with."""

    def get_by_natural_key(self, username: str | None) -> "User":
        """The person with this sign-in name, whatever its case."""
        return self.get(username=(username or "").strip().lower())


class User(AbstractBaseUser):
    """A person who works at the centre. Never deleted, because the trail names them."""

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    username = models.CharField(max_length=64, unique=True)
    full_name = models.CharField(max_length=120)
    short_name = models.CharField(max_length=40)
    # Roles stand on the row itself, so that asking what somebody may do costs no query.
    roles = models.JSONField(default=list)
    is_senior = models.BooleanField(default=False)
    is_active = models.BooleanField(default=True)
    must_change_password = models.BooleanField(default=False)
    theme = models.CharField(max_length=8, default="auto")
    language = models.CharField(max_length=8, default="en")
    created_at = models.DateTimeField(auto_now_add=True)

    USERNAME_FIELD = "username"
    EMAIL_FIELD = ""
    REQUIRED_FIELDS: ClassVar[list[str]] = ["full_name"]

    objects: ClassVar[UserManager] = UserManager()

    class Meta:
        constraints: ClassVar[list[Any]] = [
            models.CheckConstraint(condition=~models.Q(username=""), name="user_has_a_username"),
        ]

    def __str__(self) -> str:
        """The id alone: names stay out of logs."""
        return str(self.id)
