"""How the page looks: large controls, plain colours, one column on a phone."""

STATES = {
    "met": ("#00664B", "✔"),
    "not-met": ("#A33C00", "✘"),
    "undecided": ("#7A5200", "?"),
}
UNJUDGED = ("#555555", "–")

PRIMARY = "#1B5E9B"  # of buttons and sliders: white on it can be read
# Chinese fonts of the systems in use; `anlan` is the one that comes along, asked for only where the
# machine has none of those before it.
FONTS = (
    '"Noto Sans CJK SC", "Source Han Sans SC", "Microsoft YaHei", "PingFang SC", anlan, sans-serif'
)
FONT = "/anlan-font"  # where the font that anlan brings is served
FACE = f"@font-face {{ font-family: anlan; src: url({FONT}); }} :root {{ --anlan-fonts: {FONTS}; }}"
STYLE = """
body { background: #F2F4F7; font-size: 17px; font-family: var(--anlan-fonts); }
.nicegui-content { padding: 0; gap: 0; align-items: stretch; }
.anlan-head { display: flex; flex-wrap: wrap; align-items: baseline; gap: 4px 16px;
  background: #12395B; color: #fff; padding: 10px 20px; }
.anlan-title { font-size: 24px; font-weight: 700; }
.anlan-subtitle { font-size: 15px; opacity: .9; }
.anlan-main { display: flex; flex-direction: column; gap: 12px; padding: 12px 20px 40px;
  max-width: 1280px; width: 100%; margin: 0 auto; box-sizing: border-box; }
.anlan-card { background: #fff; border: 1px solid #D5DAE1; border-radius: 6px; padding: 12px 16px;
  box-sizing: border-box; width: 100%; display: flex; flex-direction: column; gap: 8px; }
.anlan-runline, .anlan-card.anlan-row { flex-direction: row; }
.anlan-runline { display: flex; flex-wrap: wrap; gap: 12px; align-items: center;
  position: sticky; top: 0; z-index: 20; }
.anlan-runs { width: 150px; }
.anlan-progress { flex: 1 1 260px; min-width: 0; display: flex; flex-direction: column; gap: 4px; }
.anlan-row { display: flex; flex-wrap: wrap; gap: 12px; align-items: center; width: 100%; }
.anlan-grow { flex: 1 1 240px; min-width: 0; }
.anlan-tabs { background: #fff; border: 1px solid #D5DAE1; border-radius: 6px; width: 100%; }
.anlan-tabs .q-tab__label { font-size: 17px; }
.anlan-panels { background: transparent; width: 100%; }
.anlan-panels .q-tab-panel { padding: 0; display: flex; flex-direction: column; gap: 12px; }
.anlan-split { display: flex; flex-wrap: wrap; gap: 12px; width: 100%; align-items: flex-start; }
.anlan-map { flex: 3 1 420px; min-width: 0; }
.anlan-side { flex: 1 1 280px; min-width: 0; display: flex; flex-direction: column; gap: 10px; }
.anlan-map .q-img, .anlan-map img, .anlan-map svg { border-radius: 4px; }
.anlan-h { font-size: 20px; font-weight: 700; margin: 0; color: #12395B; line-height: 1.4; }
.anlan-note { color: #4A5563; font-size: 15px; overflow-wrap: anywhere; }
.anlan-slip { color: #A33C00; font-weight: 600; overflow-wrap: anywhere; }
.anlan-card > .anlan-note { margin-top: -4px; }
.anlan-card > .q-btn { align-self: flex-start; }
.anlan-chip { display: inline-block; color: #fff; border-radius: 4px; padding: 1px 10px;
  font-weight: 700; white-space: nowrap; }
.anlan-verdict { display: flex; gap: 12px; padding: 10px 0; border-top: 1px solid #E3E7EC; }
.anlan-verdict > div:last-child { min-width: 0; overflow-wrap: anywhere; }
.anlan-pair { display: flex; flex-direction: column; gap: 4px; min-width: 150px; }
.q-field, .q-btn, .q-tab, .q-menu, .q-notification { font-family: inherit; }
.anlan-facts { font-size: 16px; }
.anlan-wide { width: 100%; overflow-x: auto; }
.anlan-plain { border-collapse: collapse; width: 100%; font-size: 16px; }
.anlan-plain th, .anlan-plain td { border-bottom: 1px solid #E3E7EC; padding: 6px 10px;
  text-align: left; vertical-align: top; }
.anlan-plain th { background: #EEF2F6; }
.anlan-key { display: flex; flex-wrap: wrap; gap: 4px 16px; font-size: 15px; align-items: center; }
.anlan-key span { display: inline-flex; gap: 6px; align-items: center; }
.q-table th, .q-table td { font-size: 16px; }
.q-table th, .q-table td { min-width: 84px; white-space: normal; }
.q-table td { cursor: pointer; }
.anlan-list { margin: 0; padding-left: 1.3em; list-style: disc; }
.anlan-list li { margin: 4px 0; overflow-wrap: anywhere; }
@media (max-width: 600px) {
  .anlan-main { padding: 8px 8px 32px; }
  .anlan-card { padding: 10px; }
  .anlan-head { padding: 8px 10px; }
  .anlan-title { font-size: 20px; }
  .anlan-subtitle { display: none; }
  .anlan-runs { width: 128px; }
  .anlan-runline { position: static; }
}
@media print { .anlan-runline, .anlan-tabs, .anlan-head button { display: none; } }
"""
