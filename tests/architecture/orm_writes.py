"""Finds what writes to the database, in source alone.

The verbs of Django's managers are also verbs of dictionaries, sets and hashes, so each call is
judged by what it is called on. Nothing is taken for harmless because it could not be told: what
cannot be shown to be something else is a write.
"""

import ast
from collections.abc import Iterator, Set
from dataclasses import dataclass
from enum import Enum
from functools import cache

from tests.architecture.source import SRC, dotted, python_files, tree_of

#: Nothing but Django's ORM has these.
ALWAYS = frozenset(
    {
        "save", "asave", "save_base", "save_m2m", "bulk_create", "abulk_create", "bulk_update",
        "abulk_update", "get_or_create", "aget_or_create", "update_or_create", "aupdate_or_create",
        "acreate", "aupdate", "adelete",
    }
)  # fmt: skip
#: Other things have these too; a write unless the receiver is shown to be one of them.
USUALLY = frozenset({"create", "update", "delete"})
#: Writes only on the manager of a relation.
ON_RELATIONS = frozenset({"add", "aadd", "set", "aset", "remove", "aremove", "clear", "aclear"})
#: SQL below the ORM.
SQL = frozenset({"cursor", "execute", "executemany", "executescript", "callproc", "raw"})
MANAGERS = frozenset({"objects", "_default_manager", "_base_manager"})
CHAINED = frozenset(
    {
        "filter", "exclude", "all", "none", "annotate", "order_by", "select_related", "using",
        "prefetch_related", "select_for_update", "distinct", "only", "defer", "reverse",
    }
)  # fmt: skip
#: Types of which it is known that none of their verbs reaches a database.
HARMLESS = frozenset(
    {
        "dict", "set", "list", "frozenset", "Counter", "defaultdict", "OrderedDict", "Mapping",
        "MutableMapping", "MutableSet", "ContextVar", "ChainMap", "sha256", "sha1", "md5",
        "blake2b", "QueryDict",
    }
)  # fmt: skip


class Kind(Enum):
    """What a call is made on."""

    ORM = "orm"
    HARMLESS = "harmless"
    UNKNOWN = "unknown"


@dataclass(frozen=True)
class Write:
    """One place that writes."""

    line: int
    what: str
    text: str


@cache
def annotated_attributes() -> dict[str, frozenset[str]]:
    """Attribute → the types it is declared with, over every class of the package."""
    found: dict[str, set[str]] = {}
    for path in python_files(SRC):
        for node in ast.walk(tree_of(path)):
            if not isinstance(node, ast.ClassDef):
                continue
            for line in node.body:
                if isinstance(line, ast.AnnAssign) and isinstance(line.target, ast.Name):
                    found.setdefault(line.target.id, set()).add(_type(line.annotation))
    return {name: frozenset(types) for name, types in found.items()}


def _type(annotation: ast.AST | None) -> str:
    """The outermost name of an annotation; a union with None is what it is besides None."""
    if isinstance(annotation, ast.Constant) and isinstance(annotation.value, str):
        annotation = ast.parse(annotation.value, mode="eval").body
    if isinstance(annotation, ast.BinOp):
        sides = {_type(annotation.left), _type(annotation.right)} - {"None"}
        return sides.pop() if len(sides) == 1 else ""
    if isinstance(annotation, ast.Subscript):
        annotation = annotation.value
    if isinstance(annotation, ast.Constant) and annotation.value is None:
        return "None"
    return dotted(annotation).rpartition(".")[2] if annotation is not None else ""


def _value(node: ast.AST | None) -> Kind:
    """What a value is, by how it is written."""
    if isinstance(
        node,
        ast.Dict | ast.Set | ast.List | ast.ListComp | ast.SetComp | ast.DictComp | ast.Constant,
    ):
        return Kind.HARMLESS
    if isinstance(node, ast.Call):
        made = node.func.value if isinstance(node.func, ast.Subscript) else node.func
        if dotted(made).rpartition(".")[2] in HARMLESS:
            return Kind.HARMLESS
    return Kind.UNKNOWN


class Finder:
    """Judges the calls of one module.

    `relations` are the names under which models reach rows of other models.
    """

    def __init__(self, tree: ast.Module, *, relations: Set[str] = frozenset()) -> None:
        self.tree = tree
        self.relations = relations
        self.modules = set(_imported_modules(tree))
        self.names: dict[ast.AST, dict[str, set[Kind]]] = {tree: {}}
        self.home: dict[ast.AST, ast.AST] = {}
        self._place(tree, tree)

    def _place(self, node: ast.AST, scope: ast.AST) -> None:
        """Note which function each node is in, and what each name there may be."""
        for child in ast.iter_child_nodes(node):
            self.home[child] = scope
            inner = scope
            if isinstance(child, ast.FunctionDef | ast.AsyncFunctionDef | ast.Lambda):
                inner = child
                self.names[child] = {}
                arguments = child.args
                for one in [
                    *arguments.posonlyargs, *arguments.args, *arguments.kwonlyargs,
                ]:  # fmt: skip
                    self._note(child, one.arg, self._typed(one.annotation))
            elif isinstance(child, ast.AnnAssign) and isinstance(child.target, ast.Name):
                self._note(scope, child.target.id, self._typed(child.annotation))
            elif isinstance(
                child, ast.Assign | ast.NamedExpr | ast.For | ast.withitem | ast.comprehension
            ):
                self._assigned(child, scope)
            self._place(child, inner)

    def _assigned(self, node: ast.AST, scope: ast.AST) -> None:
        value = node.value if isinstance(node, ast.Assign | ast.NamedExpr) else None
        targets = node.targets if isinstance(node, ast.Assign) else []
        if isinstance(node, ast.NamedExpr | ast.For | ast.comprehension):
            targets = [node.target]
        if isinstance(node, ast.withitem) and node.optional_vars is not None:
            targets = [node.optional_vars]
        for target in targets:
            for name in ast.walk(target):
                if isinstance(name, ast.Name):
                    kind = self.kind_of(value) if name is target else Kind.UNKNOWN
                    self._note(scope, name.id, kind)

    def _note(self, scope: ast.AST, name: str, kind: Kind) -> None:
        self.names[scope].setdefault(name, set()).add(kind)

    @staticmethod
    def _typed(annotation: ast.AST | None) -> Kind:
        return Kind.HARMLESS if _type(annotation) in HARMLESS else Kind.UNKNOWN

    def kind_of(self, node: ast.AST | None) -> Kind:
        """What an expression is: rows, something harmless, or nobody can tell."""
        if isinstance(node, ast.Name):
            return self._kind_of_name(node)
        if isinstance(node, ast.Attribute):
            if node.attr in MANAGERS or node.attr in self.relations:
                return Kind.ORM
            declared = annotated_attributes().get(node.attr, frozenset())
            return Kind.HARMLESS if declared and declared <= HARMLESS else Kind.UNKNOWN
        if isinstance(node, ast.Call):
            if isinstance(node.func, ast.Attribute) and node.func.attr in CHAINED:
                return Kind.ORM
            return _value(node)
        if isinstance(node, ast.Subscript):
            return Kind.ORM if self.kind_of(node.value) is Kind.ORM else Kind.UNKNOWN
        return _value(node)

    def _kind_of_name(self, node: ast.Name) -> Kind:
        scope: ast.AST | None = self.home.get(node, self.tree)
        while scope is not None:
            kinds = self.names.get(scope, {}).get(node.id)
            if kinds:
                # A name that is two things in turn is trusted as neither.
                return next(iter(kinds)) if len(kinds) == 1 else Kind.UNKNOWN
            scope = self.home.get(scope) if scope is not self.tree else None
        return Kind.HARMLESS if node.id in self.modules else Kind.UNKNOWN

    def is_write(self, node: ast.AST) -> str:
        """What a node writes with, "" if it writes nothing."""
        if isinstance(node, ast.Attribute):
            return self._attribute(node)
        if not isinstance(node, ast.Call):
            return ""
        if isinstance(node.func, ast.Name) and node.func.id == "getattr" and len(node.args) > 1:
            wanted = node.args[1]
            if isinstance(wanted, ast.Constant) and wanted.value in ALWAYS | USUALLY | SQL:
                return f"getattr {wanted.value}"
        if isinstance(node.func, ast.Attribute):
            verb, kind = node.func.attr, self.kind_of(node.func.value)
            if verb in USUALLY | SQL and kind is Kind.UNKNOWN:
                return f".{verb}()"
        return ""

    def _attribute(self, node: ast.Attribute) -> str:
        """A verb of rows counts even where it is only handed on, uncalled."""
        if not isinstance(node.ctx, ast.Load):
            return ""
        kind = self.kind_of(node.value)
        if node.attr in ALWAYS and kind is not Kind.HARMLESS:
            return f".{node.attr}"
        if node.attr in USUALLY | ON_RELATIONS | SQL and kind is Kind.ORM:
            return f".{node.attr}"
        return ""

    def writes(self, within: ast.AST | None = None) -> Iterator[Write]:
        """Every write of the module, or of a part of it."""
        for node in ast.walk(within or self.tree):
            if what := self.is_write(node):
                yield Write(getattr(node, "lineno", 0), what, ast.unparse(node))


def _imported_modules(tree: ast.Module) -> Iterator[str]:
    """The local names that are modules: of the standard library by `import`, ours by their file."""
    for node in ast.walk(tree):
        if isinstance(node, ast.Import):
            for alias in node.names:
                yield alias.asname or alias.name.partition(".")[0]
        elif isinstance(node, ast.ImportFrom) and (node.module or "").startswith("tautband"):
            folder = SRC.parent.joinpath(*(node.module or "").split("."))
            for alias in node.names:
                if (folder / f"{alias.name}.py").exists() or (folder / alias.name).is_dir():
                    yield alias.asname or alias.name
