"use strict";
// Figures were drawn for the width of the screen: paper has its own.
const PAPER_WIDTH = 680;
const charts = () => document.querySelectorAll(".js-plotly-plot");
window.addEventListener("beforeprint", () => {
  for (const chart of charts()) Plotly.relayout(chart, { width: PAPER_WIDTH, autosize: false });
});
window.addEventListener("afterprint", () => {
  for (const chart of charts()) Plotly.relayout(chart, { width: null, autosize: true });
});
