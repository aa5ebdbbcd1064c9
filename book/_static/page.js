// A classic script, so that it runs from file:// too.

// Bootstrap hangs its tooltips on the body, outside every landmark; each button has its name anyway.
document.querySelectorAll('[data-bs-toggle="tooltip"]').forEach((element) => {
  element.removeAttribute('data-bs-toggle');
});

// A formula that scrolls sideways must be reachable from the keyboard.
function setTabStops() {
  document.querySelectorAll('mjx-container[display="true"], div.math').forEach((element) => {
    const scrolls = element.scrollWidth > element.clientWidth;
    if (scrolls) element.setAttribute('tabindex', '0');
    else element.removeAttribute('tabindex');
  });
}

addEventListener('load', () => {
  globalThis.MathJax?.startup?.promise.then(() => {
    setTabStops();
    addEventListener('resize', setTabStops);
  });
});

// Paper is white, whatever the colours on the screen.
addEventListener('beforeprint', () => {
  const { dataset } = document.documentElement;
  const { theme } = dataset;
  dataset.theme = 'light';
  addEventListener('afterprint', () => { dataset.theme = theme; }, { once: true });
});
