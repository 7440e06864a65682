import { darkTheme, lightTheme, themeProperties } from './charts/theme.ts';

/** The style sheet of every page: light or dark like the reader's system, light on paper, one column on a phone. */
export const pageStyle = `
:root{color-scheme:light dark;${themeProperties(lightTheme)}}
@media (prefers-color-scheme:dark){:root{${themeProperties(darkTheme)}}}
*{box-sizing:border-box}html{scroll-padding-top:1rem}
body{margin:0;font:17px/1.55 'Source Sans 3',system-ui,sans-serif;color:var(--ink);background:var(--paper);font-variant-numeric:tabular-nums}
main.simple{max-width:1180px;margin:0 auto;padding:1rem 24px 6rem}
h1{font-size:40px;line-height:1.1;letter-spacing:-.015em;margin:0 0 10px;font-weight:700;max-width:34ch;text-wrap:balance;overflow-wrap:anywhere}
h2{font-size:28px;line-height:1.2;letter-spacing:-.01em;margin:60px 0 6px;font-weight:700;max-width:46ch;text-wrap:balance;overflow-wrap:anywhere}
h3{font-size:19px;line-height:1.3;margin:30px 0 4px;font-weight:600;text-wrap:balance;overflow-wrap:anywhere}h4{font-size:15px;margin:14px 0 6px;font-weight:600;overflow-wrap:anywhere}
p{max-width:72ch;margin:0 0 12px;overflow-wrap:anywhere}li,dd{max-width:74ch;overflow-wrap:anywhere}a{color:var(--best)}
.sub{color:var(--muted);font-size:15px;line-height:1.45;margin-bottom:14px}.lead{color:var(--muted)}.note,small{font-size:13.5px;color:var(--muted);line-height:1.4}
.warning{border:2px solid var(--worst);padding:.5rem .9rem;border-radius:6px;font-weight:600;max-width:none}
ul{margin:.3rem 0 1rem;padding-left:1.2rem;font-size:15px;line-height:1.5}
figure{margin:0;position:relative;max-width:100%}svg{display:block;max-width:100%;height:auto;overflow:visible}
.best{color:var(--best);font-weight:600}.worst{color:var(--worst);font-weight:600}.classes{color:var(--classes)}.images{color:var(--images)}
table{border-collapse:collapse;font-size:14.5px;line-height:1.35}
caption{text-align:left;color:var(--muted);padding:.2rem 0;font-size:14.5px}
th,td{text-align:left;padding:4px 14px 4px 0;border-bottom:1px solid var(--grid);font-weight:400;vertical-align:middle;white-space:nowrap}
thead th{font-size:12.5px;color:var(--muted);vertical-align:bottom;line-height:1.25}td.wide{white-space:normal;min-width:16rem;overflow-wrap:anywhere}
td.number,th.number{text-align:right}
.scroll{position:relative;overflow-x:auto;max-width:100%;background:linear-gradient(90deg,var(--paper) 30%,transparent),linear-gradient(270deg,var(--paper) 30%,transparent) 100% 0,linear-gradient(90deg,color-mix(in srgb,var(--ink) 22%,transparent),transparent),linear-gradient(270deg,color-mix(in srgb,var(--ink) 22%,transparent),transparent) 100% 0;background-size:40px 100%,40px 100%,9px 100%,9px 100%;background-attachment:local,local,scroll,scroll;background-repeat:no-repeat}
.grid{display:flex;flex-wrap:wrap;gap:14px 22px}
details{margin:10px 0}summary{cursor:pointer;width:max-content;max-width:100%;font-size:15px;color:var(--best)}details>*:not(summary){margin-top:8px}
pre{white-space:pre-wrap;overflow-wrap:anywhere;font-size:13px;background:var(--raised);padding:.7rem;border-radius:6px;line-height:1.45}code{font-size:.9em}
button,select,input{font:inherit;font-size:14px;color:var(--ink);background:var(--paper);border:1px solid var(--neutral);border-radius:6px;padding:4px 9px;max-width:100%}
button{cursor:pointer}button:disabled{opacity:.5;cursor:default}:focus-visible{outline:2px solid var(--selected);outline-offset:2px}
html:not(.scripted) .scripted-only{display:none}
.unseen,.skip:not(:focus){position:absolute;width:1px;height:1px;overflow:hidden;clip-path:inset(50%);white-space:nowrap}
@media (max-width:640px){body{font-size:16px}main.simple{padding:12px 16px 4rem}h1{font-size:30px}h2{font-size:23px;margin-top:46px}}
@media print{:root{color-scheme:light;${themeProperties(lightTheme)}}body{font-size:10.5pt}a{color:inherit;text-decoration:none}.scroll{overflow:visible;background:none}h2,h3,h4,.sub{break-after:avoid;break-inside:avoid}td.wide{min-width:0}figure,tr,li,.stat{break-inside:avoid}thead{display:table-header-group}details:not([open],:has(figure:not(.table))),section:has(>details):not(:has(figure:not(.table),figure:not(details *),details[open],.scroll:not(details *))),.scripted-only{display:none}details:has(figure:not(.table))::details-content{content-visibility:visible;block-size:auto}*{-webkit-print-color-adjust:exact;print-color-adjust:exact}}
`;

/** Additional styles of reports: its columns, charts in rows of tables, and what the page's script adds. */
export const reportStyle = `
.page{display:grid;grid-template-columns:184px minmax(0,1000px);gap:0 44px;max-width:1292px;margin:0 auto;padding:0 26px 6rem}
nav{position:sticky;top:0;align-self:start;max-height:100vh;overflow:auto;padding:28px 4px 16px 0;font-size:14px;line-height:1.3}
nav b{display:block;font-size:12px;letter-spacing:.04em;text-transform:uppercase;color:var(--muted);margin-bottom:8px;overflow-wrap:anywhere}
nav a{display:block;color:var(--muted);text-decoration:none;padding:4px 0 4px 10px;border-left:2px solid var(--rule)}nav a:hover,nav a[aria-current]{color:var(--ink);border-color:var(--best)}
#controls{display:grid;gap:8px;margin-top:14px;padding-top:10px;border-top:1px solid var(--rule);color:var(--muted);font-size:13px}#controls label{display:block}#controls input[type=search],#controls select{width:100%;margin-top:2px;font-size:13px}#controls .row{display:flex;flex-wrap:wrap;gap:4px}#controls button{font-size:13px;padding:2px 8px}#controls .count{color:var(--selected);font-weight:600}
.switch{color:var(--ink)}
header{padding:24px 0 4px}.status{font-size:14px;max-width:none;color:var(--muted);margin:0 0 8px}
.deck{font-size:20px;line-height:1.4;max-width:70ch;margin:0 0 16px;text-wrap:pretty}
.hero{display:grid;grid-template-columns:minmax(0,640px) minmax(0,1fr);gap:36px;align-items:start}
.stats{display:grid;gap:18px}.stat{border-top:2px solid var(--ink);padding-top:8px}.stat .value{font-size:34px;line-height:1.05;font-weight:700;letter-spacing:-.01em;margin:0}.stat p{font-size:15px;line-height:1.4;margin:4px 0 0}.stat .note{font-size:13.5px}
.strip{height:22px;max-width:none;display:block}.axis-labels{position:relative;height:16px;font-size:12px;color:var(--muted)}.axis-labels span{position:absolute;transform:translateX(-50%);white-space:nowrap}.axis-labels .first{left:0;transform:none}.axis-labels .last{left:auto;right:0;transform:none}
.cards{display:grid;grid-template-columns:repeat(2,minmax(0,1fr));gap:30px 36px;margin-top:18px}.cards:has(>:only-child){grid-template-columns:minmax(0,1fr)}.card{border-top:1px solid var(--rule);padding-top:12px;min-width:0}.card h3{margin-top:0}
table.intervals{width:100%}.card td.strips,.card th.strips{width:34%;padding:0 10px}.card table.intervals td.number{padding-left:6px}table.intervals td.number,table.intervals th.number{padding-left:10px;padding-right:4px}td.strips,th.strips{width:46%;min-width:110px;padding:0 14px}.intervals tbody th{white-space:normal;line-height:1.25;padding-right:8px}.between th{font-weight:600;color:var(--muted);padding-top:10px;font-size:13px}.intervals thead th.number{max-width:84px;white-space:normal}.card .intervals thead th:first-child{white-space:normal}.card .multiples{grid-template-columns:repeat(2,minmax(0,1fr))}
.directions{display:flex;justify-content:space-between;gap:10px;flex-wrap:wrap;font-size:13px;font-weight:600}.directions .fewer{color:var(--best)}.directions .more{color:var(--worst)}
.multiples{display:grid;grid-template-columns:repeat(4,minmax(0,1fr));gap:20px 18px;margin:14px 0}.multiples svg{width:100%}
.networks{display:grid;grid-template-columns:repeat(2,minmax(0,1fr));gap:8px 36px;margin-bottom:8px}.networks .row{display:grid;grid-template-columns:repeat(3,minmax(0,146px));gap:14px}.network svg{width:100%}.network figcaption{font-size:13px;line-height:1.35;color:var(--muted);overflow-wrap:anywhere}.network b{color:var(--ink);font-weight:600}
.matrix{font-size:13px}.matrix th{padding-right:10px;border:0}.matrix td{width:46px;min-width:46px;height:34px;text-align:center;padding:0;border:2px solid var(--paper)}.matrix .positive{background:color-mix(in srgb,var(--positive) calc(56%*var(--v)*var(--v)),var(--paper))}.matrix .negative{background:color-mix(in srgb,var(--negative) calc(56%*var(--v)*var(--v)),var(--paper))}.matrix .same{background:var(--raised)}.matrix .none{color:var(--muted)}.matrix .foot td{border:0;vertical-align:top;overflow:visible}.matrix .foot span{display:block;transform-origin:left top;transform:translate(22px,6px) rotate(42deg);white-space:nowrap;width:0;color:var(--muted)}figure.table .scroll:has(.matrix){padding-right:90px}
.claims th,.claims td{white-space:normal;vertical-align:top;padding:8px 18px 8px 0}.claims tbody th{width:30%;font-weight:600}.claims td:last-child{width:14%}.claims a{white-space:nowrap}
.for-narrow{display:none}figure.linked svg{touch-action:pan-y pinch-zoom;cursor:crosshair}
svg.has-selection .unselected{opacity:.25}
.save{position:absolute;right:0;top:-4px;opacity:0}figure:hover>.save,.save:focus-within,.save[open]{opacity:1}figure.table>.save{top:-26px}.save summary{font-size:12.5px;color:var(--muted);background:var(--paper);border:1px solid var(--rule);border-radius:6px;padding:1px 8px;list-style:none}.save summary::-webkit-details-marker{display:none}.save div{position:absolute;right:0;z-index:3;display:grid;background:var(--paper);border:1px solid var(--rule);border-radius:6px;box-shadow:0 4px 16px #0003;margin-top:4px!important}.save div button{border:0;background:none;text-align:left;padding:5px 14px}.save div button:hover{background:var(--raised)}details.save{margin:0}
.tip{position:fixed;z-index:5;pointer-events:none;background:var(--paper);border:1px solid var(--neutral);border-radius:8px;box-shadow:0 4px 18px #0003;padding:8px 12px;font-size:13.5px;line-height:1.4;max-width:330px}.tip[hidden]{display:none}.tip b{font-weight:600;overflow-wrap:anywhere}.tip table{font-size:13px;margin-top:4px}.tip td{padding:0 10px 0 0;border:0}.tip svg{margin:4px 0}
tr.chosen th,tr.chosen td{background:color-mix(in srgb,var(--selected) 14%,transparent)}#all-networks th button{border:0;padding:0;background:none;font-weight:inherit;text-align:inherit}#all-networks thead th button{font-size:inherit;color:inherit}th[aria-sort=ascending] button::after{content:" ▲"}th[aria-sort=descending] button::after{content:" ▼"}.table-controls{display:flex;flex-wrap:wrap;gap:6px 14px;align-items:center;font-size:14px;margin:8px 0}
.trainings td{font-size:13px;color:var(--muted)}
body:has(#show-parts:not(:checked)) .part{display:none}
.description{margin-top:50px;padding-top:12px;border-top:1px solid var(--rule)}
@media (max-width:1080px){.page{display:block}html{scroll-padding-top:60px}nav{z-index:4;display:flex;align-items:center;gap:18px;max-height:none;margin:0 -26px;padding:6px 26px;background:var(--paper);border-bottom:1px solid var(--rule);overflow:auto hidden;white-space:nowrap;scrollbar-width:thin}nav b{display:none}nav a,nav a[aria-current]{border-width:0 0 2px;padding:5px 0 3px}nav a:not(:hover,[aria-current]){border-color:transparent}#controls,#controls .row,#controls label{display:flex;flex-wrap:nowrap;align-items:center;gap:6px}#controls{gap:18px;margin:0;padding:0 0 0 18px;border:0;border-left:1px solid var(--rule)}#controls input[type=search],#controls select{width:auto;margin:0}#controls input[type=search]{width:9.5em}}
@media (min-width:641px) and (max-width:900px){.stats{grid-template-columns:repeat(3,minmax(0,1fr))}}
@media (max-width:900px){.hero,.cards,.networks{grid-template-columns:minmax(0,1fr)}.multiples{grid-template-columns:repeat(3,minmax(0,1fr))}}
@media (max-width:640px){.page{padding:0 16px 4rem}nav{margin:0 -16px;padding:8px 16px}.claims,.claims tbody,.claims tr,.claims th,.claims td{display:block}.claims thead{display:none}.claims tbody th,.claims td:last-child{width:auto}.claims th,.claims td{border:0;padding:0 0 4px}.claims tr{border-bottom:1px solid var(--grid);padding:10px 0 8px}.networks .row{gap:10px}.network figcaption{font-size:12.5px}.deck{font-size:18px}.for-wide{display:none}.for-narrow{display:block}.multiples{grid-template-columns:repeat(2,minmax(0,1fr));gap:16px 12px}td.strips,th.strips{padding:0 6px;width:36%;min-width:84px}.axis-labels:has(span:nth-child(5)) span:nth-child(even){display:none}.card td.strips,.card th.strips{width:26%;min-width:72px;padding:0 4px}.card table.intervals td.number,.card table.intervals th.number{padding:4px 2px}.card .intervals thead th.number{max-width:44px}th,td{padding-right:8px}.intervals tbody th,.intervals thead th{overflow-wrap:anywhere;white-space:normal}.intervals tbody th{min-width:7.2em}.intervals thead th.number{min-width:3em}.claims td[data-study]::before{content:attr(data-study) ": ";color:var(--muted)}.stats{gap:14px}.directions{flex-direction:column;gap:0;font-size:12px}}
@media print{.page{display:block;padding:0;max-width:none}nav,.save,.tip,.table-controls,#parameter-choice,#target-choice,.skip{display:none!important}.hero{display:block}.stats{grid-template-columns:repeat(3,minmax(0,1fr));margin-top:20px}.stat .value{font-size:25px}.cards{grid-template-columns:minmax(0,1fr)}.card{break-inside:avoid}.networks{grid-template-columns:1fr 1fr;break-inside:avoid}.matrix th{white-space:nowrap}.claims a{display:none}figure.table:not(:has(.matrix)){break-inside:auto}.for-wide{display:block}.for-narrow{display:none}.multiples{grid-template-columns:repeat(4,minmax(0,1fr))}table{font-size:8.5pt}th,td{white-space:normal;padding-right:6px}section{break-inside:auto}}
`;
