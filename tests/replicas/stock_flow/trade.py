"""Regions that trade: how households and producers of REG and OPEN behave (Godley & Lavoie, chapter 6)."""

from tests.replicas.stock_flow.model import Values


def region_plan(p: Values, before: Values, mark: str, output: float, rate: str, theta: str) -> dict[str, float]:
    """Taxes, income and consumption of a region that produces `output`; `rate` and `theta` are names."""
    interest = before[rate] * before[f"Bh{mark}"]
    tax = p[theta] * (output + interest)
    income = output - tax + interest
    consumption = p[f"alpha1{mark}"] * income + p[f"alpha2{mark}"] * before[f"V{mark}"]
    plan = {"Y": output, "T": tax, "YD": income, "C": consumption, "G": p[f"G{mark}"], "IM": p[f"mu{mark}"] * output}
    return {f"{name}{mark}": value for name, value in plan.items()}


def region_bills(p: Values, before: Values, plan: Values, mark: str, rate: float) -> dict[str, float]:
    """The bills that a region's households hold: V (lambda0 + lambda1 R) - lambda2 YD."""
    income = plan[f"YD{mark}"]
    wealth = before[f"V{mark}"] + income - plan[f"C{mark}"]
    share = p[f"lambda0{mark}"] + p[f"lambda1{mark}"] * rate
    return {f"Bh{mark}": wealth * share - p[f"lambda2{mark}"] * income}
