import { darkTheme, lightTheme, themeProperties } from './charts/theme.ts';

/** The style sheet of every page: light and dark as the reader's system has it, light on paper, one column on a phone. */
export const pageStyle = `
:root{color-scheme:light dark;${themeProperties(lightTheme)}}
@media (prefers-color-scheme:dark){:root{${themeProperties(darkTheme)}}}
*{box-sizing:border-box}
body{font:15px/1.55 system-ui,sans-serif;color:var(--ink);background:var(--paper);max-width:1220px;margin:0 auto;padding:1.2rem 1rem 6rem}
h1{font-size:1.7rem;line-height:1.25;margin:.4rem 0}h2{font-size:1.25rem;margin:2.6rem 0 .4rem;padding-top:.6rem;border-top:1px solid var(--faint)}h3{font-size:1rem;margin:1.4rem 0 .3rem}
p,li{max-width:76ch;overflow-wrap:anywhere}p{margin:.5rem 0}a{color:var(--positive)}
.lead{color:var(--muted)}.answer{font-size:1.12rem;font-weight:600;margin:1rem 0 .2rem}#answer ul{margin:.1rem 0;padding-left:1.2rem;font-size:.88rem;color:var(--muted)}#answer li{max-width:110ch}.warning{border:2px solid var(--negative);padding:.6rem .9rem;border-radius:.4rem;font-weight:600}
nav ul{display:flex;flex-wrap:wrap;gap:.2rem 1rem;list-style:none;padding:0;margin:.8rem 0;font-size:.9rem}
table{border-collapse:collapse;font-variant-numeric:tabular-nums;font-size:.86rem}
caption{text-align:left;color:var(--muted);padding:.2rem 0}
th,td{padding:.22rem .6rem;border-bottom:1px solid var(--faint);text-align:left;white-space:nowrap;vertical-align:top}
td.wide{white-space:normal;min-width:16rem;overflow-wrap:anywhere}
td.number,th.number{text-align:right}tbody tr:hover{background:color-mix(in srgb,var(--faint) 45%,transparent)}
.scroll{overflow-x:auto;max-width:100%}.grid{display:flex;flex-wrap:wrap;gap:.4rem .8rem}
figure{margin:.5rem 0;position:relative;max-width:100%}figure svg{display:block;max-width:max(100%,38rem);height:auto}
figure.linked svg{touch-action:pan-y pinch-zoom;cursor:crosshair}
dt{font-weight:600;margin-top:.8rem;max-width:76ch}dd{margin:.1rem 0 0 1.2rem;max-width:76ch;overflow-wrap:anywhere}
figcaption{font-size:.86rem;color:var(--muted);max-width:76ch}
.key{font-size:.86rem;color:var(--muted)}.best{color:var(--positive)}.worst{color:var(--negative)}.second{color:var(--second)}.selected{color:var(--selected)}
details{margin:.4rem 0}summary{cursor:pointer;width:max-content;max-width:100%}pre{overflow-x:auto;font-size:.8rem;background:color-mix(in srgb,var(--faint) 40%,transparent);padding:.6rem;border-radius:.3rem}
button,select,input{font:inherit;color:inherit;background:var(--paper);border:1px solid var(--neutral);border-radius:.3rem;padding:.15rem .5rem;max-width:100%}
button{cursor:pointer}:focus-visible{outline:2px solid var(--selected);outline-offset:2px}
.tools{font-size:.75rem;display:flex;gap:.3rem;flex-wrap:wrap}.tools button{padding:0 .4rem}
.visually-hidden{position:absolute;width:1px;height:1px;overflow:hidden;clip-path:inset(50%);white-space:nowrap}
@media print{:root{color-scheme:light;${themeProperties(lightTheme)}}body{max-width:none;padding:0;font-size:10pt}nav,.tools,.controls,.panel{display:none!important}figure,tr,li{break-inside:avoid}h2,h3{break-after:avoid}details:not([open])>summary{display:none}a{color:inherit}.scroll{overflow:visible}}
`;

/** What a report has besides: marks of the selected, and the bar that tells of an architecture. */
export const reportStyle = `
.panel{position:fixed;left:0;right:0;bottom:0;background:var(--paper);border-top:2px solid var(--selected);padding:.4rem 1rem;max-height:38vh;overflow:auto;font-size:.85rem;z-index:2;display:flex;flex-wrap:wrap;gap:.2rem 1.2rem;align-items:center}
.panel[hidden],.panel [hidden]{display:none}.panel .errors{color:var(--muted);flex:1 1 24rem}
.controls{display:flex;flex-wrap:wrap;gap:.4rem .8rem;align-items:center;max-width:none}
tr.chosen td{background:color-mix(in srgb,var(--selected) 16%,transparent)}#all-runs tbody tr{cursor:pointer}
th button,td button{border:0;padding:0;font-weight:inherit;background:none}th[aria-sort=ascending] button::after{content:" ▲"}th[aria-sort=descending] button::after{content:" ▼"}
`;
