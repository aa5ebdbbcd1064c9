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

// The pictures of a cell tagged `frames` are moments of one story: a slider shows one at a time.
// What stands before the colon of an alt text names its moment. Players, if there is one for each
// picture, go with them. Without JavaScript, and on paper, all of them follow one another.
document.querySelectorAll('.cell.tag_frames').forEach((cell, number) => {
  const pictures = [...cell.querySelectorAll('.cell_output img')];
  const sounds = [...cell.querySelectorAll('.cell_output .sound')];
  const controls = document.createElement('div');
  controls.className = 'frames-controls';
  controls.innerHTML = `<label for="frames-${number}">Frame</label>
    <input id="frames-${number}" type="range" min="1" max="${pictures.length}">
    <output for="frames-${number}" aria-live="off"></output>`; // the slider itself says it
  const [, slider, shown] = controls.children;
  function show() {
    const picture = pictures[slider.value - 1];
    pictures.forEach((other) => other.classList.toggle('other-frame', other !== picture));
    sounds.forEach((sound, index) => {
      const hidden = sound.classList.toggle('other-frame', pictures[index] !== picture);
      if (hidden) sound.querySelector('audio').pause();
    });
    shown.textContent = `${picture.alt.split(':')[0]} (${slider.value} of ${pictures.length})`;
    slider.setAttribute('aria-valuetext', shown.textContent);
  }
  slider.addEventListener('input', show);
  pictures[0].parentElement.prepend(controls);
  show();
});
