"""What the sectors of model INSOUT decide, in the order in which it follows, each from the frozen state before it."""

from __future__ import annotations

import math

from tests.replicas.stock_flow.model import Values


def behave(p: Values, before: Values) -> dict[str, float]:
    """All variables of a period."""
    plan: dict[str, float] = {}
    for decide in (_rates, _produce, _consume, _earn, _allot, _bank, _govern):
        plan |= decide(p, before, plan)
    return plan


def _rates(p: Values, before: Values, _: Values) -> dict[str, float]:
    """The government fixes what it pays; banks move their rates when profits or liquidity leave their bounds."""
    rb, rbl = p["Rbbar"], p["Rblbar"]
    profit = (
        before["Rl"] * before["Ls"]
        + before["Rb"] * before["Bbd"]
        - before["Rm"] * before["M2s"]
        - before["Ra"] * before["Ad"]
    )
    deposits = before["M1s"] + before["M2s"]
    earlier = before.get("_deposits_before", deposits)  # before t=0 all was as at t=0
    margin = (profit + before["Fb"]) / (deposits + earlier)
    low, high = float(margin < p["botpm"]), float(margin > p["toppm"])
    liquid, bot, top = before["BLRn"], p["bot"], p["top"]
    dry, drier = float(liquid < bot), float(liquid < bot - 0.02)
    wet, wetter = float(liquid > top), float(liquid > top + 0.02)
    step = 0.0001 * dry + 0.0002 * drier - 0.0001 * wet - 0.0002 * wetter
    return {
        "Rb": rb,
        "Ra": rb,
        "Rbl": rbl,
        "Pbl": 1 / rbl,
        "Fb": profit,
        "BPM": margin,
        "z4": dry,
        "z4b": drier,
        "z5": wet,
        "z5b": wetter,
        "z6": low,
        "z7": high,
        "Rm": before["Rm"] + step + p["xib"] * (rb - before["Rb"]),
        "Rl": before["Rl"] + p["xil"] * (low - high) + rb - before["Rb"],
        "_deposits_before": deposits,
    }


def _produce(p: Values, before: Values, plan: Values) -> dict[str, float]:
    """Firms make what they expect to sell and want to stock, and price by normal historic unit cost."""
    expected = p["beta"] * before["Sk"] + (1 - p["beta"]) * before["Ske"]
    share = p["sigma0"] - p["sigma1"] * plan["Rl"]
    aimed = before["INk"] + p["gamma"] * (share * expected - before["INk"])
    made = expected + aimed - before["INk"]
    work = made / p["PR"]
    wage = before["W"] * (1 + p["omega3"] * (before["omegat"] - before["W"] / before["P"]))
    cost = wage / p["PR"]
    normal = (1 - share) * cost + share * (1 + before["Rl"]) * before["UC"]
    price = (1 + p["tau"]) * (1 + p["phi"]) * normal
    return {
        "Ske": expected,
        "sigmat": share,
        "INkt": share * expected,
        "INke": aimed,
        "Yk": made,
        "N": work,
        "W": wage,
        "omegat": math.exp(p["omega0"] + p["omega1"] * math.log(p["PR"]) + p["omega2"] * math.log(work / p["Nfe"])),
        "WB": wage * work,
        "UC": cost,
        "NHUC": normal,
        "P": price,
        "PI": price / before["P"] - 1,
        "Ffe": p["phi"] / (1 + p["phi"]) / (1 + p["tau"]) * price * expected,
    }


def _consume(p: Values, before: Values, plan: Values) -> dict[str, float]:
    """Households consume by expected real income and real wealth; what is sold comes out of the inventory."""
    income = p["eps"] * before["YDkr"] + (1 - p["eps"]) * before["YDkre"]
    consumed = p["alpha0"] + p["alpha1"] * income + p["alpha2"] * before["Vk"]
    sold = consumed + p["Gk"]
    kept = before["INk"] + plan["Yk"] - sold
    price = plan["P"]
    real = {f"RR{asset}": (1 + plan[f"R{asset}"]) / (1 + plan["PI"]) - 1 for asset in ("l", "m", "b", "bl")}
    return real | {
        "YDkre": income,
        "Ck": consumed,
        "Sk": sold,
        "CONS": consumed * price,
        "G": p["Gk"] * price,
        "S": sold * price,
        "T": sold * price * p["tau"] / (1 + p["tau"]),
        "INk": kept,
        "IN": kept * plan["UC"],
        "sigmas": before["INk"] / sold,
        "Y": price * sold + (kept - before["INk"]) * plan["UC"],
    }


def _earn(_: Values, before: Values, plan: Values) -> dict[str, float]:
    """Profits are paid out, so that households earn whatever is earned."""
    stocked = plan["IN"] - before["IN"]
    profit = plan["S"] - plan["T"] - plan["WB"] + stocked - before["Rl"] * before["IN"]
    interest = before["Rm"] * before["M2d"] + before["Rb"] * before["Bhh"] + before["BLh"]
    income = plan["WB"] + profit + plan["Fb"] + interest
    gains = (plan["Pbl"] - before["Pbl"]) * before["BLh"]
    wealth = before["V"] + income + gains - plan["CONS"]
    real, price = income - plan["PI"] * before["V"], plan["P"]
    return {
        "Ff": profit,
        "F": profit + plan["Fb"],
        "YDr": income,
        "CG": gains,
        "YDhs": income + gains,
        "YDkr": real / price,
        "YDkhs": (real + gains) / price,
        "V": wealth,
        "Vk": wealth / price,
    }


def _allot(p: Values, before: Values, plan: Values) -> dict[str, float]:
    """Households share expected wealth among M2, bills and bonds by their rates; M1 takes what comes otherwise."""
    income = plan["P"] * plan["YDkre"] + plan["PI"] * before["V"] / plan["P"]
    expected = before["V"] + income - plan["CONS"]
    cash = p["lambdac"] * plan["CONS"]
    shared = expected - cash

    def share(n: int) -> float:
        by_rate = p[f"lambda{n}2"] * plan["Rm"] + p[f"lambda{n}3"] * plan["Rb"] + p[f"lambda{n}4"] * p["ERrbl"]
        return (p[f"lambda{n}0"] + by_rate + p[f"lambda{n}5"] * (income / shared)) * shared

    savings, bills, bonds = share(2), share(3), share(4)
    rest = plan["V"] - cash - savings - bills - bonds
    positive = float(rest >= 0)
    return {
        "YDre": income,
        "Ve": expected,
        "Hhd": cash,
        "Vnc": plan["V"] - cash,
        "Vnce": shared,
        "M2d": savings,
        "Bhd": bills,
        "BLd": bonds / plan["Pbl"],
        "BLh": bonds / plan["Pbl"],
        "M1hn": rest,
        "z1": positive,
        "z2": 1 - positive,
        "M1h": rest * positive,
        "M2h": savings * positive + (plan["V"] - cash - bills - bonds) * (1 - positive),
    }


def _bank(p: Values, before: Values, plan: Values) -> dict[str, float]:
    """Banks grant every loan and take every deposit; they keep reserves, and bills or advances take the rest."""
    deposits = plan["M1h"] + plan["M2d"]
    reserves = p["ro1"] * plan["M1h"] + p["ro2"] * plan["M2d"]
    bills = deposits - plan["IN"] - reserves
    short = float(bills / deposits < p["bot"])
    advances = (p["bot"] * deposits - bills) * short
    return {
        "M1s": plan["M1h"],
        "M2s": plan["M2d"],
        "Hbd": reserves,
        "Bbdn": bills,
        "BLRn": bills / deposits,
        "z3": short,
        "Ad": advances,
        "Bbd": bills + advances,
    }


def _govern(_: Values, before: Values, plan: Values) -> dict[str, float]:
    """The government borrows what it lacks; what nobody else buys the central bank does, and pays its profit back."""
    remitted = before["Rb"] * before["Bcb"] + before["Ra"] * before["As"]
    interest = before["Rb"] * before["Bs"] + before["BLs"]
    return {"Fcb": remitted, "PSBR": plan["G"] + interest - plan["T"] - remitted}
