// Deliveries as charts: above what was received, below, on a scale of its own, what was refused or failed.
/* global uPlot */
import { el, setText } from "./dom.js";
import { REASONS, words, capital } from "./words.js";

const BELOW = ["failed", ...Object.keys(REASONS)];
const ABOVE_HEIGHT = 132;
const BELOW_HEIGHT = 78;
const STEPS = [1, 2, 5].flatMap((n) => [1, 10, 100, 1e3, 1e4, 1e5, 1e6].map((ten) => n * ten)).sort((a, b) => a - b);
const number = new Intl.NumberFormat("en-GB");
const hour = new Intl.DateTimeFormat("en-GB", { hour: "2-digit", minute: "2-digit" });
const day = new Intl.DateTimeFormat("en-GB", { day: "numeric", month: "short", timeZone: "UTC" });
const dark = matchMedia("(prefers-color-scheme: dark)");

export class DeliveryChart {
  /** @param {HTMLElement} section with its heading in it; takes the chart, its legend and its table */
  constructor(section, title) {
    this.title = title;
    this.plot = el("div", { class: "plot", role: "img" });
    this.step = el("span", { class: "step" });
    this.legend = el("p", { class: "legend" });
    this.table = el("details", { on: { toggle: () => this.showTable() } }, el("summary", {}, "As a table"), el("div", { class: "scroll" }));
    section.querySelector(".head").append(this.step);
    section.append(this.plot, this.legend, this.table);
    new ResizeObserver(() => this.fit()).observe(this.plot);
    dark.addEventListener("change", () => this.draw());
  }

  /** @param deliveries the answer of /api/deliveries */
  show(deliveries) {
    const key = JSON.stringify([deliveries.from, deliveries.counts]);
    if (key === this.key) return;
    this.key = key;
    this.deliveries = deliveries;
    this.plot.setAttribute("aria-label", `${this.title}: ${this.sentence(null)}`);
    if (this.upper && this.upper.data[0].length === deliveries.counts.received.length) {
      this.upper.setData(this.upperData());
      this.lower.setData(this.lowerData());
    } else {
      this.draw();
    }
    this.showLegend(this.upper.cursor.idx ?? null);
    this.showTable();
  }

  draw() {
    if (!this.deliveries) return;
    this.upper?.destroy();
    this.lower?.destroy();
    const color = (name) => getComputedStyle(document.documentElement).getPropertyValue(`--${name}`).trim();
    const width = this.plot.clientWidth;
    const sync = { key: this.title, scales: ["x", null] };
    const frame = (height, axis, least, series, hooks) => ({
      width, height, series, hooks,
      padding: [axis ? 12 : 8, 16, axis ? 0 : 4, 0],
      legend: { show: false },
      cursor: { sync, drag: { x: false, y: false }, points: { show: false }, y: false },
      scales: { x: { time: true, range: () => this.range() }, y: { range: (_, __, most) => [0, Math.max(least, most)] } },
      axes: [
        {
          show: axis, stroke: color("muted"), grid: { show: false }, ticks: { stroke: color("line"), size: 4 }, size: 26, gap: 3,
          font: "11px system-ui", splits: () => this.splits(), values: (_, at) => at.map((t) => this.tick(t)),
        },
        {
          stroke: color("muted"), grid: { stroke: color("line"), width: 1 }, ticks: { show: false }, size: 38, gap: 4, font: "11px system-ui",
          ...(axis ? { splits: (_, __, ___, most) => [0, most] } : { incrs: STEPS, space: 30 }),
          values: (_, at) => at.map((n) => (n >= 10_000 ? `${n / 1000}k` : `${n}`)),
        },
      ],
    });
    const bars = uPlot.paths.bars({ size: [0.72, 26, 1] });
    const column = (name) => ({ fill: color(name), width: 0, paths: bars, points: { show: false } });
    const follow = { setCursor: [(chart) => this.showLegend(chart.cursor.idx ?? null)] };
    this.upper = new uPlot(frame(ABOVE_HEIGHT, false, 4, [{}, column("received")], follow), this.upperData(), this.plot);
    this.lower = new uPlot(frame(BELOW_HEIGHT, true, 2, [{}, ...BELOW.map(column)], {}), this.lowerData(), this.plot);
  }

  fit() {
    const width = this.plot.clientWidth;
    if (!this.upper || width === 0 || width === this.upper.width) return;
    this.upper.setSize({ width, height: ABOVE_HEIGHT });
    this.lower.setSize({ width, height: BELOW_HEIGHT });
  }

  range() {
    const { step_seconds: step, counts } = this.deliveries;
    return [this.from(), this.from() + step * counts.received.length];
  }

  from() {
    return Date.parse(this.deliveries.from) / 1000;
  }

  /** The middle of each step. */
  middles() {
    const { step_seconds: step, counts } = this.deliveries;
    return counts.received.map((_, i) => this.from() + (i + 0.5) * step);
  }

  upperData() {
    return [this.middles(), this.deliveries.counts.received];
  }

  /** Stacked: the tallest is drawn first, and each next one over it. */
  lowerData() {
    const { counts } = this.deliveries;
    const sums = counts.received.map(() => 0);
    const layers = [...BELOW].reverse().map((name) => counts[name].map((n, i) => (sums[i] += n)));
    return [this.middles(), ...layers.reverse()];
  }

  isHours() {
    return this.deliveries.step_seconds < 86_400;
  }

  splits() {
    const [from, to] = this.range();
    if (!this.isHours()) {
      const every = 7 * 86_400;
      return Array.from({ length: 5 }, (_, i) => to - 43_200 - (4 - i) * every).filter((t) => t >= from);
    }
    const all = [];
    for (let t = from; t <= to; t += 3600) if (new Date(t * 1000).getHours() % 6 === 0) all.push(t);
    return all;
  }

  tick(t) {
    return (this.isHours() ? hour : day).format(new Date(t * 1000));
  }

  stepName(i) {
    const { step_seconds: step } = this.deliveries;
    const from = this.from() + i * step;
    return this.isHours() ? `${this.tick(from)}–${this.tick(from + step)}` : `${this.tick(from)} (UTC)`;
  }

  /** How much of it: in one step, or in all where i is null. */
  count(name, i) {
    const counts = this.deliveries.counts[name];
    return i === null ? counts.reduce((a, b) => a + b, 0) : counts[i];
  }

  sentence(i) {
    const refused = Object.keys(REASONS).map((name) => [name, this.count(name, i)]).filter(([, n]) => n > 0);
    const total = refused.reduce((sum, [, n]) => sum + n, 0);
    const why = refused.map(([name, n]) => `${words(name)} ${number.format(n)}`).join(", ");
    return `${number.format(this.count("received", i))} received, ${number.format(total)} refused${why && ` (${why})`}, ${number.format(this.count("failed", i))} failed`;
  }

  showLegend(i) {
    const refused = Object.keys(REASONS).filter((name) => this.count(name, null) > 0);
    const item = (name, label) => el("span", { class: `key ${name}` }, `${label} `, el("b", {}, number.format(this.count(name, i))));
    setText(this.step, i === null ? "in all" : this.stepName(i));
    this.legend.replaceChildren(
      item("received", "received"),
      item("failed", "failed"),
      ...(refused.length ? refused.map((name) => item(name, words(name))) : [el("span", { class: "muted" }, "nothing refused")]));
  }

  /** The same for whoever does not see charts. */
  showTable() {
    if (!this.table.open || !this.deliveries) return;
    const columns = ["received", ...BELOW];
    const rows = this.deliveries.counts.received.map((_, i) => i).reverse();
    this.table.lastElementChild.replaceChildren(el("table", { class: "numbers" },
      el("caption", { class: "sr" }, `${this.title}, newest first`),
      el("thead", {}, el("tr", {}, el("th", { scope: "col" }, this.isHours() ? "Hour" : "Day"),
        columns.map((name) => el("th", { scope: "col" }, capital(words(name)))))),
      el("tbody", {}, rows.map((i) => el("tr", {}, el("th", { scope: "row" }, this.stepName(i)),
        columns.map((name) => el("td", {}, number.format(this.count(name, i)))))))));
  }
}
