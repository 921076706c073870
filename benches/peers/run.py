#!/usr/bin/env python3
"""Measures reeflow and other tools side by side and prints Markdown tables; see README.md."""

import argparse
import importlib.metadata
import json
import math
import os
import pathlib
import platform
import statistics
import subprocess
import sys
import tempfile
import time

HERE = pathlib.Path(__file__).resolve().parent
SIZES = ["small", "medium", "large", "xl"]
SOLVES = ["highs-mps", "highspy", "linopy", "pyomo"]
SWEEPS = ["highspy-warm", "linopy-rebuild", "pyomo-rebuild", "pyomo-persistent"]


def main():
    args = arguments()
    sizes = args.sizes.split(",")
    if unknown := [size for size in sizes if size not in SIZES]:
        sys.exit(f"unknown sizes: {', '.join(unknown)}; there are {', '.join(SIZES)}")
    print(machine(args), flush=True)
    with tempfile.TemporaryDirectory() as folder:
        cases = [Case(pathlib.Path(folder), size, args) for size in sizes]
        points = [solve_table(case, args) for case in cases]
        for case in cases:
            if case.size in args.scenario_sizes.split(","):
                sweep_table(case, args)
        if len(cases) > 1:
            growth_table(cases, points)


def arguments():
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--reeflow", required=True, help="the binary to measure")
    parser.add_argument("--sizes", default="small,medium", help="some of " + ",".join(SIZES))
    parser.add_argument("--scenario-sizes", default="small,medium", help="sizes that scenarios are run on")
    parser.add_argument("--scenarios", type=int, default=10_000)
    parser.add_argument("--factors", type=int, default=5, help="prices, or capacities, that vary")
    parser.add_argument("--seconds", type=float, default=60, help="most time for the scenarios of each tool")
    parser.add_argument("--time-limit", type=float, default=600, help="most seconds for each solve")
    parser.add_argument("--runs", type=int, default=3, help="solves of each, of which the median counts")
    parser.add_argument("--seed", type=int, default=1)
    return parser.parse_args()


def machine(args):
    processor = platform.processor() or platform.machine()
    try:
        lines = pathlib.Path("/proc/cpuinfo").read_text().splitlines()
        processor = next(line.split(":", 1)[1].strip() for line in lines if line.startswith("model name"))
    except (OSError, StopIteration):
        pass
    version = subprocess.run([args.reeflow, "--version"], capture_output=True, text=True, check=True).stdout.strip()
    versions = [f"Python {platform.python_version()}"]
    for package in ("highspy", "linopy", "pyomo"):
        versions.append(f"{package} {importlib.metadata.version(package)}")
    return (
        f"{processor}, {os.cpu_count()} logical processors, {platform.system()}; {version}, {', '.join(versions)}; "
        f"seed {args.seed}, median of {args.runs}, at most {args.time_limit:g} s each.\n"
    )


class Case:
    """A generated flowsheet, its uncondensed program, and that program as arrays."""

    def __init__(self, folder, size, args):
        self.size, self.folder = size, folder
        self.toml, self.mps, self.arrays = (folder / f"{size}.{ending}" for ending in ("toml", "mps", "npz"))
        generate = [args.reeflow, "bench", "generate", "--size", size, "--seed", str(args.seed)]
        subprocess.run([*generate, "-o", self.toml], check=True)
        subprocess.run([*generate, "--mps", "-o", self.mps], check=True)
        # In a process of its own, so that this one stays small: children begin with its peak memory.
        subprocess.run([sys.executable, HERE / "peer.py", "arrays", self.mps, self.arrays], stdout=sys.stderr, check=True)


def child(command, limit):
    """What a process prints as its last line, as JSON; or how it ended."""
    try:
        ended = subprocess.run(command, capture_output=True, text=True, timeout=limit)
    except subprocess.TimeoutExpired:
        return {"failed": "time limit"}
    if ended.returncode != 0:
        last = (ended.stderr.strip().splitlines() or ["no words"])[-1]
        return {"failed": last[:200]}
    return json.loads(ended.stdout.strip().splitlines()[-1])


def peer(what, *more, limit):
    return child([sys.executable, HERE / "peer.py", what, *map(str, more)], limit)


# ── One program, all tools ──────────────────────────────────────────────────────────────────────────────────


def solve_table(case, args):
    rows = {}
    for form in ("condensed", "uncondensed"):
        rows[f"reeflow, {form}"] = reeflow_solve(case, form, args)
    for tool in SOLVES:
        runs = []
        for _ in range(args.runs):
            runs.append(peer("solve", tool, case.mps, case.arrays, args.time_limit, limit=args.time_limit + 60))
            if "failed" in runs[-1]:
                break
        rows[tool] = medians(runs)
    columns = next((row["columns"] for row in rows.values() if "columns" in row), 0)
    print(f"\n### {case.size}: {columns:,} columns\n")
    print("| | build, s | solve, s | total, s | total ÷ reeflow's | memory, MB | objective |")
    print("| --- | ---: | ---: | ---: | ---: | ---: | --- |")
    best = rows["reeflow, condensed"]
    for name, row in rows.items():
        if "failed" in row:
            print(f"| {name} | – | – | – | – | – | {row['failed']} |")
            continue
        ratio = f"{row['total'] / best['total']:.3g}" if "total" in best else "–"
        same = "–"
        if "objective" in best:
            size = max(abs(best["objective"]), abs(row["objective"]))
            same = "agrees" if abs(best["objective"] - row["objective"]) <= 1e-6 * size else "DIFFERS"
        print(
            f"| {name} | {row['build']:.3g} | {row['solve']:.3g} | {row['total']:.3g} | {ratio} "
            f"| {row['memory']:.0f} | {same} |",
            flush=True,
        )
    return columns, rows


def reeflow_solve(case, form, args):
    command = [
        args.reeflow, "bench", case.toml, "--solver", "auto", "--form", form, "--runs", str(args.runs),
        "--time-limit", str(args.time_limit), "--format", "json",
    ]
    ended = subprocess.run(command, capture_output=True, text=True)
    if ended.returncode == 2:
        return {"failed": ended.stderr.strip()[:200]}
    entry = json.loads(ended.stdout)["bench"]["entries"][0]
    run = entry["runs"][-1]
    if not entry["counts"]:
        return {"failed": run["message"]}
    return {
        # Reading and checking the text is part of building: the others begin with arrays.
        "build": entry["build"]["median"] + run["read"] + run["lower"],
        "solve": entry["solve"]["median"] + entry["certify"]["median"],
        "total": entry["total"]["median"],
        "memory": (entry["memory"] or {"median": math.nan})["median"],
        # Handed over, everything is a minimisation of the loss.
        "objective": -run["objective"],
        "columns": run["uncondensed_columns"],
    }


def medians(runs):
    if failed := next((run for run in runs if "failed" in run), None):
        return failed
    middle = {key: statistics.median(run[key] for run in runs) for key in ("build", "solve", "total", "memory")}
    return {**middle, "objective": runs[-1]["objective"], "columns": runs[-1]["columns"]}


# ── Many scenarios ──────────────────────────────────────────────────────────────────────────────────────────


def sweep_table(case, args):
    figures = json.loads(
        subprocess.run(
            [sys.executable, HERE / "peer.py", "figures", case.toml, case.arrays, str(args.factors)],
            capture_output=True, text=True, check=True,
        ).stdout
    )
    for kind in ("prices", "capacities"):
        paths = figures[kind]["paths"]
        print(f"\n### {case.size}: {args.scenarios:,} scenarios of {len(paths)} {kind}, each times 0.8 to 1.2\n")
        print(", ".join(f"`{path}`" for path in paths) + "\n")
        print("| | scenarios made | scenarios/s | s for all | ÷ reeflow's |")
        print("| --- | ---: | ---: | ---: | ---: |")
        rows = {"reeflow sweep": reeflow_sweep(case, paths, args)}
        touched = case.folder / "touched.json"
        touched.write_text(json.dumps(figures[kind]["touched"]))
        for tool in SWEEPS:
            more = (tool, kind, case.arrays, touched, args.scenarios, args.seconds, args.seed)
            rows[tool] = peer("sweep", *more, limit=20 * args.seconds + 60)
        best = rows["reeflow sweep"]
        firsts = [row["first"] for row in rows.values() if "first" in row]
        for name, row in rows.items():
            if "failed" in row:
                print(f"| {name} | – | – | {row['failed']} | – |")
                continue
            # All peers draw the same factors, so they must find the same in the first scenario.
            if "first" in row and abs(row["first"] - firsts[0]) > 1e-6 * abs(firsts[0]):
                name += " (DIFFERS in the first scenario)"
            rate = row["made"] / row["seconds"]
            ratio = "–" if "failed" in best else f"{best['made'] / best['seconds'] / rate:.3g}"
            scaled = "" if row["made"] == args.scenarios else " (scaled)"
            print(f"| {name} | {row['made']:,} | {rate:.3g} | {args.scenarios / rate:.3g}{scaled} | {ratio} |", flush=True)


def reeflow_sweep(case, paths, args):
    """The same figures by `reeflow sweep`: factors on prices or capacities, drawn from the same interval."""
    vary = [option for path in paths for option in ("--vary", f"{path}=*uniform(0.8, 1.2)")]
    output = case.folder / "sweep.parquet"
    command = [
        args.reeflow, "sweep", case.toml, *vary, "--samples", str(args.scenarios), "--seed", str(args.seed),
        "--output", output, "--force",
    ]
    began = time.perf_counter()
    try:
        ended = subprocess.run(command, capture_output=True, text=True, timeout=20 * args.seconds + 60)
    except subprocess.TimeoutExpired:
        return {"failed": "time limit"}
    if ended.returncode != 0:
        return {"failed": (ended.stderr.strip().splitlines() or ["no words"])[0][:200]}
    return {"made": args.scenarios, "seconds": time.perf_counter() - began}


# ── Growth ──────────────────────────────────────────────────────────────────────────────────────────────────


def growth_table(cases, points):
    print("\n### Growth, as a power of the columns\n")
    print("| | time | memory | sizes |")
    print("| --- | ---: | ---: | ---: |")
    for name in points[0][1]:
        found = [(columns, rows[name]) for columns, rows in points if "failed" not in rows[name]]
        time_power = exponent([(columns, row["total"]) for columns, row in found])
        memory_power = exponent([(columns, row["memory"]) for columns, row in found])
        print(f"| {name} | {time_power} | {memory_power} | {len(found)} of {len(cases)} |")


def exponent(points):
    """Least squares in the logarithms."""
    if len(points) < 2:
        return "–"
    logs = [(math.log(x), math.log(y)) for x, y in points]
    x_mean, y_mean = (statistics.fmean(values) for values in zip(*logs))
    along = sum((x - x_mean) ** 2 for x, _ in logs)
    return f"{sum((x - x_mean) * (y - y_mean) for x, y in logs) / along:.2f}"


if __name__ == "__main__":
    main()
