"""How pictures look, on a light page and on a dark one."""

from __future__ import annotations

__all__ = ["STYLE"]

_LIGHT = {
    "push": "#8250df",
    "bridge": "#8250df",
    "fetch": "#9a6700",
    "seed": "#9a6700",
    "copy": "#0969da",
    "pull": "#1a7f37",
    "roll-out": "#bc4c00",
    "report": "#cf222e",
}
_DARK = {
    "push": "#ab7df8",
    "bridge": "#ab7df8",
    "fetch": "#d29922",
    "seed": "#d29922",
    "copy": "#4493f8",
    "pull": "#3fb950",
    "roll-out": "#f0883e",
    "report": "#f85149",
}


def _kinds(colours: dict[str, str], indent: str) -> str:
    return "\n".join(
        f"{indent}.{kind} {{ stroke: {colour}; fill: {colour} }}" for kind, colour in colours.items()
    )


STYLE = f"""
  .page {{ fill: #ffffff }} text {{ fill: #1f2328 }} .soft, .heading {{ fill: #59636e }}
  .account {{ stroke: #8c959f }} .region {{ fill: #ffffff; stroke: #d1d9e0 }}
  .source {{ fill: #f6f8fa }} .registry {{ fill: #eef5ff }} .workload {{ fill: #eefaf0 }}
  .platform {{ fill: #fff6ec }} .outside {{ stroke-dasharray: 5 4 }}
{_kinds(_LIGHT, "  ")}
  .flow path {{ fill: none; stroke-width: 1.8 }} .flow polygon, .flow circle {{ stroke: none }}
  .fetch path, .seed path {{ stroke-dasharray: 7 3 }} .roll-out path {{ stroke-dasharray: 2 2 }}
  .report path {{ stroke-dasharray: 8 2 2 2 }}
  text {{ font: 12px system-ui, -apple-system, "Segoe UI", "DejaVu Sans", sans-serif }}
  .title {{ font-weight: 600; font-size: 13px }} .soft {{ font-size: 11px }}
  .heading {{ letter-spacing: .02em }}
  @media (prefers-color-scheme: dark) {{
    .page {{ fill: #0d1117 }} text {{ fill: #f0f6fc }} .soft, .heading {{ fill: #9198a1 }}
    .account {{ stroke: #656c76 }} .region {{ fill: #0d1117; stroke: #3d444d }}
    .source {{ fill: #151b23 }} .registry {{ fill: #101d30 }} .workload {{ fill: #0f2118 }}
    .platform {{ fill: #261b10 }}
{_kinds(_DARK, "    ")}
  }}
"""
