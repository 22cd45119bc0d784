"""Follows every way through an action and counts what it writes: rows, and events of the trail.

Each way ends in a `Way`: whether rows were written and how many events, two standing for "more
than one". Conditions are taken to go either way, except that what `get_or_create` and
`update_or_create` say of themselves is remembered. A loop runs never, once or twice. A way that
ends by raising writes nothing, because the transaction is undone.
"""

import ast
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass, replace
from functools import cache
from pathlib import Path

from tests.architecture.orm_writes import Finder
from tests.architecture.source import SRC, dotted, tree_of

MANY = 2
EVENTS = frozenset({"record", "record_view", "record_day_view"})
TRAIL = "tautband.audit.trail"
#: Packages whose functions are followed into; what others call is not theirs to write.
FOLLOWED = ("tautband.records.actions", "tautband.accounts.actions")
Function = ast.FunctionDef | ast.AsyncFunctionDef


@dataclass(frozen=True)
class Way:
    """One way through a function."""

    wrote: bool = False
    events: int = 0


@dataclass(frozen=True)
class State:
    """A way under way: `known` is what get_or_create said, as (name, truth)."""

    way: Way = Way()
    known: frozenset[tuple[str, bool]] = frozenset()

    def after(self, way: Way) -> "State":
        events = min(self.way.events + way.events, MANY)
        return replace(self, way=Way(self.way.wrote or way.wrote, events))


States = frozenset[State]
START: States = frozenset({State()})


@dataclass
class Ends:
    """Where the ways of a block lead: on, out of the function, or out of the loop."""

    on: States
    out: States = frozenset()
    loop: States = frozenset()


class Module:
    """One module of actions: its functions, and what its names stand for."""

    def __init__(self, name: str, tree: ast.Module, resolve: Callable[[str], "Module | None"]):
        self.name, self.tree, self.resolve = name, tree, resolve
        self.finder = Finder(tree)
        self.functions = {node.name: node for node in tree.body if isinstance(node, Function)}
        self.aliases: dict[str, str] = {}
        for node in ast.walk(tree):
            if isinstance(node, ast.ImportFrom) and node.module:
                for alias in node.names:
                    self.aliases[alias.asname or alias.name] = f"{node.module}.{alias.name}"
            elif isinstance(node, ast.Import):
                for alias in node.names:
                    self.aliases[alias.asname or alias.name] = alias.name
        self._ways: dict[str, frozenset[Way]] = {}

    def ways(self, function: str) -> frozenset[Way]:
        """Every way through a function that does not end by raising."""
        if function not in self._ways:
            # Stands while the function itself is being followed, so that recursion ends.
            self._ways[function] = frozenset({Way()})
            ends = self._block(self.functions[function].body, START)
            self._ways[function] = frozenset(state.way for state in ends.on | ends.out)
        return self._ways[function]

    # ── statements ───────────────────────────────────────────────────────────────────────────

    def _block(self, body: Iterable[ast.stmt], states: States) -> Ends:
        ends = Ends(on=states)
        for statement in body:
            step = self._statement(statement, ends.on)
            ends = Ends(step.on, ends.out | step.out, ends.loop | step.loop)
        return ends

    def _statement(self, node: ast.stmt, states: States) -> Ends:
        match node:
            case ast.Return():
                return Ends(on=frozenset(), out=self._expression(node.value, states))
            case ast.Raise():
                return Ends(on=frozenset())
            case ast.Break() | ast.Continue():
                return Ends(on=frozenset(), loop=states)
            case ast.If():
                return self._if(node, states)
            case ast.For() | ast.While():
                return self._loop(node, states)
            case ast.With():
                for item in node.items:
                    states = self._expression(item.context_expr, states)
                return self._block(node.body, states)
            case ast.Try():
                return self._try(node, states)
            case ast.Match():
                ends = [self._block(case.body, states) for case in node.cases]
                return Ends(
                    states.union(*(e.on for e in ends)),
                    frozenset().union(*(e.out for e in ends)),
                    frozenset().union(*(e.loop for e in ends)),
                )
            case ast.FunctionDef() | ast.ClassDef():
                return Ends(on=states)
            case ast.Assign():
                return Ends(on=self._assign(node, states))
        return Ends(on=self._children(node, states))

    def _assign(self, node: ast.Assign, states: States) -> States:
        verb = node.value.func.attr if isinstance(node.value, ast.Call) and isinstance(
            node.value.func, ast.Attribute
        ) else ""  # fmt: skip
        target = node.targets[0]
        if verb not in {"get_or_create", "update_or_create"} or not isinstance(target, ast.Tuple):
            return self._children(node, states)
        made = dotted(target.elts[1])
        before = self._children(node.value, states, skip=node.value.func)
        wrote = frozenset(s.after(Way(wrote=True)) for s in before)
        found = wrote if verb == "update_or_create" else before
        return frozenset(
            replace(s, known=s.known | {(made, truth)})
            for truth, group in ((True, wrote), (False, found))
            for s in group
        )

    def _if(self, node: ast.If, states: States) -> Ends:
        states = self._expression(node.test, states)
        test, wanted = node.test, True
        if isinstance(test, ast.UnaryOp) and isinstance(test.op, ast.Not):
            test, wanted = test.operand, False
        name = dotted(test)
        yes = self._block(
            node.body, frozenset(s for s in states if (name, not wanted) not in s.known)
        )
        no = self._block(node.orelse, frozenset(s for s in states if (name, wanted) not in s.known))
        return Ends(yes.on | no.on, yes.out | no.out, yes.loop | no.loop)

    def _loop(self, node: ast.For | ast.While, states: States) -> Ends:
        states = self._expression(node.iter if isinstance(node, ast.For) else node.test, states)
        on, out = states, frozenset[State]()
        turn = states
        for _ in range(MANY):
            ends = self._block(node.body, turn)
            turn = ends.on | ends.loop
            on, out = on | turn, out | ends.out
        after = self._block(node.orelse, on)
        return Ends(after.on, out | after.out, after.loop)

    def _try(self, node: ast.Try, states: States) -> Ends:
        tried = self._block(node.body, states)
        rest = self._block(node.orelse, tried.on)
        caught = [self._block(each.body, states | tried.on) for each in node.handlers]
        on = rest.on.union(*(each.on for each in caught))
        last = self._block(node.finalbody, on)
        return Ends(
            last.on,
            tried.out.union(rest.out, last.out, *(each.out for each in caught)),
            tried.loop.union(rest.loop, last.loop, *(each.loop for each in caught)),
        )

    # ── expressions ──────────────────────────────────────────────────────────────────────────

    def _children(self, node: ast.AST, states: States, skip: ast.AST | None = None) -> States:
        for child in ast.iter_child_nodes(node):
            if child is not skip:
                states = self._expression(child, states)
        return states

    def _expression(self, node: ast.AST | None, states: States) -> States:
        match node:
            case None | ast.Lambda():
                return states
            case ast.IfExp():
                states = self._expression(node.test, states)
                return self._expression(node.body, states) | self._expression(node.orelse, states)
            case ast.BoolOp():
                on = self._expression(node.values[0], states)
                after = on
                for value in node.values[1:]:
                    after = self._expression(value, after)
                    on |= after
                return on
            case ast.ListComp() | ast.SetComp() | ast.DictComp() | ast.GeneratorExp():
                once = self._children(node, states)
                return states | once | self._children(node, once)
            case ast.Call():
                states = self._children(node, states)
                return self._call(node, states)
        if self.finder.is_write(node):
            states = frozenset(s.after(Way(wrote=True)) for s in states)
        return self._children(node, states)

    def _call(self, node: ast.Call, states: States) -> States:
        name = dotted(node.func)
        if name in self.functions:
            ways = self.ways(name)
        else:
            whole = self._whole(name)
            module, _, function = whole.rpartition(".")
            if module == TRAIL and function in EVENTS:
                ways = frozenset({Way(events=1)})
            elif module.startswith(FOLLOWED) and (held := self.resolve(module)):
                ways = held.ways(function) if function in held.functions else frozenset({Way()})
            elif self.finder.is_write(node):
                ways = frozenset({Way(wrote=True)})
            else:
                ways = frozenset({Way()})
        return frozenset(state.after(way) for state in states for way in ways)

    def _whole(self, name: str) -> str:
        """A name as it is imported: `trail.record` is `tautband.audit.trail.record`."""
        first, dot, rest = name.partition(".")
        return f"{self.aliases.get(first, first)}{dot}{rest}"


@cache
def module_named(name: str) -> Module | None:
    """A module of actions by its full name."""
    path = SRC.parent.joinpath(*name.split("."))
    file = path.with_suffix(".py")
    return Module(name, tree_of(file), module_named) if file.exists() else None


def action_modules() -> Iterator[Module]:
    """Every module that holds actions."""
    names = [f"{FOLLOWED[0]}.{path.stem}" for path in action_files() if path.stem != "__init__"]
    for name in (*names, FOLLOWED[1]):
        module = module_named(name)
        if module is not None:
            yield module


def action_files() -> list[Path]:
    """The files of `records/actions`."""
    return sorted((SRC / "records" / "actions").glob("*.py"))


def actions_of(module: Module) -> dict[str, Function]:
    """The actions of a module: public, and one transaction each."""
    return {
        name: function
        for name, function in module.functions.items()
        if not name.startswith("_") and is_atomic(function)
    }


def is_atomic(function: Function) -> bool:
    """Whether the whole function is one transaction."""
    return any(dotted(each) == "transaction.atomic" for each in function.decorator_list)
