import { pageScript } from '../bundle.ts';
import { paragraph } from '../elements.ts';
import { html } from '../markup.ts';
import { htmlPage, titled } from '../page.ts';
import { legend } from '../topics/index.ts';

/** Returns the page that follows a study; everything it shows comes with the events of its server. */
export async function livePage(title: string): Promise<string> {
  const body = html`<p id="age" class="lead" role="status">connecting …</p>
    <noscript
      ><p class="warning">
        This page follows a study by its script; the report of the study shows all without one.
      </p></noscript
    >
    <div id="rehearsal"></div>
    <div id="failure"></div>
    <div id="overall"></div>
    <section aria-labelledby="results-title">
      <h2 id="results-title">Results so far</h2>
      <p id="results-age" class="lead"></p>
      ${paragraph(legend, 'sub')}
      <div id="findings"></div>
      <div id="charts" class="grid"></div>
    </section>
    <section aria-labelledby="progress">
      <h2 id="progress">Progress</h2>
      <div id="datasets"></div>
    </section>
    <section aria-labelledby="running-title">
      <h2 id="running-title">In training</h2>
      <div id="running"></div>
    </section>
    <section aria-labelledby="failures-title">
      <h2 id="failures-title">Failures</h2>
      <div id="failures"></div>
    </section>`;
  return htmlPage(title, titled(title, body), {
    script: await pageScript('live'),
    connectsTo: "'self'",
    style: liveStyle,
  });
}

const liveStyle = `progress{width:10rem;accent-color:var(--best)}.overall{width:100%;height:14px;margin-top:10px}#charts figure{flex:0 1 auto}`;
