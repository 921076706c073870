#!/usr/bin/env python3
"""One measurement of another tool, alone in its process; the last line that is printed is JSON. Called by run.py."""

import json
import resource
import sys
import time
import tomllib

import numpy as np


def main():
    what, *more = sys.argv[1:]
    {"arrays": arrays, "solve": solve, "figures": figures, "sweep": sweep}[what](*more)


def memory():
    """Peak memory of this process, MB; Linux counts in KiB, macOS in bytes."""
    peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
    return peak / 1e6 if sys.platform == "darwin" else peak * 1024 / 1e6


def quiet_highs():
    import highspy

    highs = highspy.Highs()
    highs.setOptionValue("output_flag", False)
    # One thread for all, as reeflow has.
    highs.setOptionValue("threads", 1)
    return highs


# ── The program as arrays ───────────────────────────────────────────────────────────────────────────────────


def arrays(mps, out):
    """Reads MPS once and keeps its columns, rows and coefficients (row by row)."""
    from scipy.sparse import csc_matrix

    highs = quiet_highs()
    highs.readModel(mps)
    lp = highs.getLp()
    matrix = lp.a_matrix_
    by_column = csc_matrix(
        (np.array(matrix.value_), np.array(matrix.index_), np.array(matrix.start_)),
        shape=(lp.num_row_, lp.num_col_),
    )
    by_row = by_column.tocsr()
    by_row.sort_indices()
    np.savez(
        out,
        cost=np.array(lp.col_cost_), lower=np.array(lp.col_lower_), upper=np.array(lp.col_upper_),
        row_lower=np.array(lp.row_lower_), row_upper=np.array(lp.row_upper_), offset=lp.offset_,
        start=by_row.indptr, index=by_row.indices, value=by_row.data,
        columns=np.array(lp.col_names_), rows=np.array(lp.row_names_),
    )


class Program:
    """Minimise cost·x + offset under row_lower ≤ A x ≤ row_upper, lower ≤ x ≤ upper."""

    def __init__(self, path):
        with np.load(path) as held:
            for name in held.files:
                setattr(self, name, held[name])
        self.offset = float(self.offset)

    def sense(self, row):
        """Sign and right-hand side of a row; reeflow writes none with two sides."""
        low, high = self.row_lower[row], self.row_upper[row]
        if low == high:
            return "=", low
        return ("<=", high) if np.isinf(low) else (">=", low)


# ── Solved once ─────────────────────────────────────────────────────────────────────────────────────────────


def solve(tool, mps, path, limit):
    solver = {"highs-mps": by_mps, "highspy": by_highspy, "linopy": by_linopy, "pyomo": by_pyomo}[tool]
    if tool == "highs-mps":
        build, solve_time, objective, columns = by_mps(mps, float(limit))
    else:
        program = Program(path)
        columns = len(program.cost)
        build, solve_time, objective = solver(program, float(limit))
    told = {
        "build": build, "solve": solve_time, "total": build + solve_time, "memory": memory(),
        "objective": objective, "columns": columns,
    }
    print(json.dumps(told))


def optimum(highs):
    import highspy

    status = highs.getModelStatus()
    if status != highspy.HighsModelStatus.kOptimal:
        sys.exit(f"{highs.modelStatusToString(status)}")
    return highs.getInfo().objective_function_value


def by_mps(mps, limit):
    highs = quiet_highs()
    highs.setOptionValue("time_limit", limit)
    began = time.perf_counter()
    highs.readModel(mps)
    read = time.perf_counter()
    highs.run()
    ended = time.perf_counter()
    return read - began, ended - read, optimum(highs), highs.getNumCol()


def highs_of(program):
    import highspy

    lp = highspy.HighsLp()
    lp.num_col_, lp.num_row_ = len(program.cost), len(program.row_lower)
    lp.col_cost_, lp.col_lower_, lp.col_upper_ = program.cost, program.lower, program.upper
    lp.row_lower_, lp.row_upper_, lp.offset_ = program.row_lower, program.row_upper, program.offset
    lp.a_matrix_.format_ = highspy.MatrixFormat.kRowwise
    lp.a_matrix_.start_, lp.a_matrix_.index_ = program.start, program.index
    lp.a_matrix_.value_ = program.value
    highs = quiet_highs()
    highs.passModel(lp)
    return highs


def by_highspy(program, limit):
    began = time.perf_counter()
    highs = highs_of(program)
    highs.setOptionValue("time_limit", limit)
    built = time.perf_counter()
    highs.run()
    ended = time.perf_counter()
    return built - began, ended - built, optimum(highs)


def linopy_model(program):
    """Rows are grouped by how many terms they have: linopy holds them as rectangles."""
    import linopy
    import xarray as xr

    model = linopy.Model()
    column = xr.DataArray(np.arange(len(program.cost)), dims="column")
    lower, upper = (xr.DataArray(bound, dims="column") for bound in (program.lower, program.upper))
    x = model.add_variables(lower=lower, upper=upper, coords=[column.to_index()], dims=["column"], name="x")
    labels = x.labels.values
    counts = np.diff(program.start)
    width = np.where(counts > 0, 2 ** np.ceil(np.log2(np.maximum(counts, 1))).astype(int), 0)
    at_most = np.isinf(program.row_lower)
    equal = program.row_lower == program.row_upper
    signs = np.where(equal, "=", np.where(at_most, "<=", ">="))
    sides = np.where(at_most, program.row_upper, program.row_lower)
    for size in np.unique(width[width > 0]):
        rows = np.flatnonzero(width == size)
        at = program.start[rows][:, None] + np.arange(size)[None, :]
        there = np.arange(size)[None, :] < counts[rows][:, None]
        at = np.where(there, at, 0)
        data = xr.Dataset(
            {
                "coeffs": (("row", "_term"), np.where(there, program.value[at], np.nan)),
                "vars": (("row", "_term"), np.where(there, labels[program.index[at]], -1)),
                "const": (("row",), np.zeros(len(rows))),
            },
            coords={"row": rows},
        )
        expression = linopy.LinearExpression(data, model)
        side = xr.DataArray(sides[rows], dims="row", coords={"row": rows})
        for sign in np.unique(signs[rows]):
            chosen = rows[signs[rows] == sign]
            model.add_constraints(
                expression.sel(row=chosen), str(sign), side.sel(row=chosen), name=f"rows{size}{sign}"
            )
    model.add_objective((x * xr.DataArray(program.cost, dims="column")).sum())
    return model


def solve_linopy(model, program, limit):
    status, condition = model.solve(
        "highs", io_api="direct", output_flag=False, threads=1, time_limit=limit, progress=False
    )
    if status != "ok":
        sys.exit(f"{status}: {condition}")
    return model.objective.value + program.offset


def tiny():
    """A program that loads whatever a tool loads lazily, so that this is not timed."""
    program = Program.__new__(Program)
    program.cost, program.offset = np.array([-1.0, -1.0]), 0.0
    program.lower, program.upper = np.zeros(2), np.array([1.0, np.inf])
    program.row_lower, program.row_upper = np.array([-np.inf]), np.array([3.0])
    program.start, program.index, program.value = np.array([0, 2]), np.array([0, 1]), np.ones(2)
    return program


def by_linopy(program, limit):
    solve_linopy(linopy_model(tiny()), tiny(), limit)
    began = time.perf_counter()
    model = linopy_model(program)
    built = time.perf_counter()
    objective = solve_linopy(model, program, limit)
    ended = time.perf_counter()
    return built - began, ended - built, objective


def pyomo_model(program, costs=None, sides=None):
    """With parameters that can be changed for the costs and sides of some columns and rows."""
    import pyomo.environ as pyo
    from pyomo.core.expr.numeric_expr import LinearExpression

    model = pyo.ConcreteModel()
    bounds = [
        (None if np.isinf(low) else float(low), None if np.isinf(high) else float(high))
        for low, high in zip(program.lower, program.upper)
    ]
    model.x = pyo.Var(range(len(bounds)), bounds=lambda _, j: bounds[j])
    x = list(model.x.values())
    model.cost = pyo.Param(list(costs or []), mutable=True, initialize=lambda _, j: float(program.cost[j]))
    model.side = pyo.Param(
        list(sides or []), mutable=True, initialize=lambda _, i: float(program.sense(i)[1])
    )
    index, value, start = program.index.tolist(), program.value.tolist(), program.start.tolist()
    changing = set(sides or [])
    model.rows = pyo.ConstraintList()
    for row in range(len(program.row_lower)):
        at = slice(start[row], start[row + 1])
        if not value[at]:
            continue
        body = LinearExpression(linear_coefs=value[at], linear_vars=[x[j] for j in index[at]])
        sign, side = program.sense(row)
        side = model.side[row] if row in changing else float(side)
        low, high = (side if sign != "<=" else None), (side if sign != ">=" else None)
        model.rows.add(pyo.inequality(low, body, high) if sign != "=" else body == side)
    changing = set(costs or [])
    factors = [model.cost[j] if j in changing else float(c) for j, c in enumerate(program.cost)]
    model.objective = pyo.Objective(
        expr=LinearExpression(constant=program.offset, linear_coefs=factors, linear_vars=x)
    )
    return model


def pyomo_solver(limit):
    from pyomo.contrib.appsi.solvers import Highs

    solver = Highs()
    solver.config.time_limit = limit
    solver.config.load_solution = False
    solver.highs_options = {"output_flag": False, "threads": 1}
    return solver


def solve_pyomo(solver, model):
    told = solver.solve(model)
    if told.termination_condition.name != "optimal":
        sys.exit(told.termination_condition.name)
    told.solution_loader.load_vars()
    return told.best_feasible_objective


def by_pyomo(program, limit):
    solve_pyomo(pyomo_solver(limit), pyomo_model(tiny()))
    solver = pyomo_solver(limit)
    began = time.perf_counter()
    model = pyomo_model(program)
    built = time.perf_counter()
    objective = solve_pyomo(solver, model)
    ended = time.perf_counter()
    return built - began, ended - built, objective


# ── Solved for many scenarios ───────────────────────────────────────────────────────────────────────────────


def figures(toml, path, count):
    """Prices and capacities that vary, as paths in the flowsheet and as columns and rows of its program."""
    with open(toml, "rb") as file:
        sheet = tomllib.load(file)
    program = Program(path)
    kinds = ("feed", "separator", "splitter", "stockpile")
    into = {}
    for kind in kinds:
        for name, table in sheet.get(kind, {}).items():
            if isinstance(table["to"], str):
                into.setdefault(table["to"], []).append(name)
            else:
                for outlet, to in table["to"].items():
                    into.setdefault(to, []).append(f"{name}.{outlet}")
    flows, rows = {}, {}
    for at, name in enumerate(program.columns.tolist()):
        if name.startswith("flow("):
            flows.setdefault(name[5:].split(",")[0], []).append(at)
    for at, name in enumerate(program.rows.tolist()):
        rows.setdefault(name.split("@")[0], []).append(at)
    # Of the products, those that could earn most; what enters a product has its price for a cost and nothing else.
    def size(product):
        return max(abs(float(program.cost[at])) for stream in into[product] for at in flows.get(stream, [0]))

    products = sorted(sheet["product"], key=size, reverse=True)[: int(count)]
    prices = {f"product.{name}.price": [at for stream in into[name] for at in flows[stream]] for name in products}
    limits = [f"separator.{name}.capacity" for name, table in sheet["separator"].items() if "capacity" in table]
    step = max(1, len(limits) // int(count))
    capacities = {path: rows[path] for path in limits[::step][: int(count)]}
    print(
        json.dumps(
            {
                name: {"paths": list(chosen), "touched": list(chosen.values())}
                for name, chosen in (("prices", prices), ("capacities", capacities))
            }
        )
    )


def sweep(tool, kind, path, touched, scenarios, seconds, seed):
    program = Program(path)
    with open(touched) as file:
        groups = json.load(file)
    at = np.concatenate([np.array(group, dtype=np.int32) for group in groups])
    which = np.concatenate([np.full(len(group), number) for number, group in enumerate(groups)])
    priced = kind == "prices"
    base = program.cost[at] if priced else np.array([program.sense(row)[1] for row in at])
    draws = np.random.default_rng(int(seed)).uniform(0.8, 1.2, (int(scenarios) + 1, len(groups)))
    values = (base * draw[which] for draw in draws)
    make = {
        "highspy-warm": warm_highspy, "linopy-rebuild": rebuild_linopy, "pyomo-rebuild": rebuild_pyomo,
        "pyomo-persistent": persist_pyomo,
    }[tool]
    made, objectives = 0, make(program, priced, at, values)
    # The first one is not timed: whatever is loaded lazily is there then, and the persistent ones have their model.
    first, began = next(objectives), time.perf_counter()
    for _ in objectives:
        made += 1
        passed = time.perf_counter() - began
        if passed >= float(seconds):
            break
    print(json.dumps({"made": made, "seconds": time.perf_counter() - began, "first": first}))


def changed(program, priced, at, new):
    """The program with other costs or sides, in place."""
    if priced:
        program.cost[at] = new
        return
    for row, side in zip(at, new):
        sign, _ = program.sense(row)
        if sign != ">=":
            program.row_upper[row] = side
        if sign != "<=":
            program.row_lower[row] = side


def warm_highspy(program, priced, at, values):
    highs = highs_of(program)
    highs.run()
    # The basis stays primal feasible when costs change, and dual feasible when sides do.
    highs.setOptionValue("simplex_strategy", 4 if priced else 1)
    for new in values:
        if priced:
            highs.changeColsCost(len(at), at, new)
        else:
            for row, side in zip(at.tolist(), new.tolist()):
                highs.changeRowBounds(row, program.row_lower[row], side)
        highs.run()
        yield optimum(highs)


def rebuild_linopy(program, priced, at, values):
    for new in values:
        changed(program, priced, at, new)
        yield solve_linopy(linopy_model(program), program, 600.0)


def rebuild_pyomo(program, priced, at, values):
    for new in values:
        changed(program, priced, at, new)
        yield solve_pyomo(pyomo_solver(600.0), pyomo_model(program))


def persist_pyomo(program, priced, at, values):
    where = at.tolist()
    model = pyomo_model(program, where if priced else None, None if priced else where)
    solver = pyomo_solver(600.0)
    solve_pyomo(solver, model)
    # What else could have changed has not, and is not looked for.
    for check in (
        "check_for_new_or_removed_constraints", "check_for_new_or_removed_vars",
        "check_for_new_or_removed_params", "check_for_new_objective", "update_constraints", "update_vars",
        "update_named_expressions", "update_objective", "treat_fixed_vars_as_params",
    ):
        setattr(solver.update_config, check, False)
    solver.update_config.update_params = True
    figures = model.cost if priced else model.side
    for new in values:
        for position, value in zip(where, new.tolist()):
            figures[position] = value
        yield solve_pyomo(solver, model)


if __name__ == "__main__":
    main()
