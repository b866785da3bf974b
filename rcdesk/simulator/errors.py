"""Refusals in the platform's own error body."""

from typing import Any

# The platform names some conditions at the top level; the rest repeat their code there.
_TOP_LEVEL_CODES = {
    "CMN-101": "InvalidParameter",
    "CMN-102": "ResourceNotFound",
    "CMN-401": "InsufficientPermissions",
    "CMN-402": "InsufficientPermissions",
    "CMN-408": "InsufficientPermissions",
    "OAU-128": "TokenExpired",
    "OAU-129": "TokenInvalid",
    "OAU-149": "TokenInvalid",
}


class ApiError(Exception):
    """The request is refused with `status` and one error code of the platform.

    `parameter` and `permission` become `parameterName` and `permissionName` of the body.
    """

    def __init__(
        self,
        status: int,
        code: str,
        message: str,
        parameter: str | None = None,
        permission: str | None = None,
    ) -> None:
        super().__init__(f"{status} {code}: {message}")
        self.status = status
        self.code = code
        self.message = message
        self.parameter = parameter
        self.permission = permission

    def body(self) -> dict[str, Any]:
        """Return what the platform would answer with this refusal."""
        return error_body(
            self.code, self.message, parameter=self.parameter, permission=self.permission
        )


def error_body(
    code: str, message: str, *, parameter: str | None = None, permission: str | None = None
) -> dict[str, Any]:
    """Build a REST error body: the single error in `errors[]` and repeated at the top level."""
    detail: dict[str, Any] = {}
    if parameter is not None:
        detail["parameterName"] = parameter
    if permission is not None:
        detail["permissionName"] = permission
    return {
        "errorCode": _TOP_LEVEL_CODES.get(code, code),
        "message": message,
        "errors": [{"errorCode": code, "message": message, **detail}],
        **detail,
    }


def invalid_parameter(name: str) -> ApiError:
    """Return the refusal of a parameter whose value the platform does not accept."""
    return ApiError(400, "CMN-101", f"Parameter [{name}] value is invalid", parameter=name)


def resource_not_found(name: str) -> ApiError:
    """Return the refusal of a path or parameter that names nothing visible to the caller."""
    return ApiError(404, "CMN-102", f"Resource for parameter [{name}] is not found", parameter=name)
