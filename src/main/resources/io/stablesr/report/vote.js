(() => {
  const BEFORE = "input, bicubic";
  const COLUMNS = ["report", "voter", "seed", "trial", "image", "left", "right", "choice", "preferred", "seconds", "voted_at"];
  const views = ["start", "voting", "result"];
  let trials = [];
  let votes = [];
  let others = [];
  let round = {};
  let since = 0;

  function show(name) {
    views.forEach((view) => { element(view).hidden = view !== name; });
    // Both pictures and the buttons are to be seen at once.
    document.body.classList.toggle("votes", name === "voting");
  }

  /** Pictures of an image by the name of the method. */
  function pictures(image) {
    const found = new Map();
    if (image.before) found.set(BEFORE, image.before);
    for (const result of image.results) found.set(data.methods[result.method], result.file);
    return found;
  }

  /** Mulberry32: the same order for the same seed in every browser. */
  function random(seed) {
    let state = seed >>> 0;
    return () => {
      state = (state + 0x6d2b79f5) >>> 0;
      let t = state;
      t = Math.imul(t ^ (t >>> 15), t | 1);
      t ^= t + Math.imul(t ^ (t >>> 7), t | 61);
      return ((t ^ (t >>> 14)) >>> 0) / 4294967296;
    };
  }

  function draw(a, b, seed) {
    const next = random(seed);
    const found = data.images
      .map((image) => ({ image: image.id, files: pictures(image) }))
      .filter(({ files }) => files.has(a) && files.has(b))
      .sort((x, y) => (x.image < y.image ? -1 : x.image > y.image ? 1 : 0));
    for (let i = found.length - 1; i > 0; i--) {
      const j = Math.floor(next() * (i + 1));
      [found[i], found[j]] = [found[j], found[i]];
    }
    return found.map((one) => {
      const [left, right] = next() < 0.5 ? [a, b] : [b, a];
      return { ...one, left, right };
    });
  }

  function ask() {
    if (votes.length >= trials.length) {
      finish();
      return;
    }
    const trial = trials[votes.length];
    element("left").src = trial.files.get(trial.left);
    element("right").src = trial.files.get(trial.right);
    element("question").textContent =
      "Which looks better? " + (votes.length + 1) + " of " + trials.length;
    element("progress").max = trials.length;
    element("progress").value = votes.length;
    element("back").disabled = votes.length === 0;
    enlarge(1, 50, 50);
    since = performance.now();
  }

  function choose(choice) {
    const trial = trials[votes.length];
    votes.push({
      report: data.report,
      voter: round.voter,
      seed: String(round.seed),
      trial: String(votes.length + 1),
      image: trial.image,
      left: trial.left,
      right: trial.right,
      choice,
      preferred: choice === "left" ? trial.left : choice === "right" ? trial.right : "",
      seconds: ((performance.now() - since) / 1000).toFixed(1),
      voted_at: new Date().toISOString(),
    });
    ask();
  }

  function takeBack() {
    votes.pop();
    ask();
  }

  function enlarge(zoom, x, y) {
    const pair = element("pair");
    pair.dataset.zoom = zoom;
    pair.style.setProperty("--zoom", zoom);
    pair.style.setProperty("--ox", x + "%");
    pair.style.setProperty("--oy", y + "%");
  }

  /** Wilson's score interval with 95 %. */
  function interval(count, all) {
    const z = 1.959964;
    const share = count / all;
    const middle = (share + (z * z) / (2 * all)) / (1 + (z * z) / all);
    const half =
      (z / (1 + (z * z) / all)) * Math.sqrt((share * (1 - share)) / all + (z * z) / (4 * all * all));
    return [Math.max(0, middle - half), Math.min(1, middle + half)];
  }

  const percent = (share) => (100 * share).toFixed(1) + " %";

  function totals(all) {
    const pairs = new Map();
    for (const vote of all) {
      const [a, b] = [vote.left, vote.right].sort();
      const key = JSON.stringify([a, b]);
      const total = pairs.get(key) ?? { a, b, forA: 0, forB: 0, none: 0 };
      if (vote.preferred === a) total.forA++;
      else if (vote.preferred === b) total.forB++;
      else total.none++;
      pairs.set(key, total);
    }
    return [...pairs.values()];
  }

  function finish() {
    const cell = (text, number) => {
      const made = document.createElement("td");
      made.textContent = text;
      if (number) made.className = "number";
      return made;
    };
    const found = totals(votes.concat(others));
    element("totals").replaceChildren(...found.map((total) => {
      const decided = total.forA + total.forB;
      const aWins = total.forA >= total.forB;
      const [better, worse] = aWins ? [total.a, total.b] : [total.b, total.a];
      const count = Math.max(total.forA, total.forB);
      const row = document.createElement("tr");
      const [low, high] = decided ? interval(count, decided) : [0, 1];
      row.append(
        cell(better + " over " + worse),
        cell(String(decided + total.none), true),
        cell(decided ? count + " of " + decided + ", " + percent(count / decided) : "–", true),
        cell(decided ? percent(low) + " to " + percent(high) : "–", true),
        cell(String(total.none), true));
      return row;
    }));
    element("verdict").textContent = votes.length + " votes" + (round.voter ? " of " + round.voter : "")
      + (others.length ? ", " + others.length + " of other files" : "") + ".";
    element("save").disabled = votes.length === 0;
    show("result");
  }

  /** Spreadsheets take a field that begins like this for a formula. */
  function field(text) {
    const plain = /^[=+\-@\t\r]/.test(text) ? "'" + text : text;
    return /[",\r\n]/.test(plain) ? '"' + plain.replaceAll('"', '""') + '"' : plain;
  }

  function csv() {
    const lines = [COLUMNS, ...votes.map((vote) => COLUMNS.map((column) => vote[column]))];
    return lines.map((line) => line.map(field).join(",")).join("\r\n") + "\r\n";
  }

  function parse(text) {
    const lines = [[""]];
    let quoted = false;
    for (let i = 0; i < text.length; i++) {
      const c = text[i];
      const line = lines[lines.length - 1];
      if (quoted) {
        if (c !== '"') line[line.length - 1] += c;
        else if (text[i + 1] === '"') { line[line.length - 1] += c; i++; }
        else quoted = false;
      } else if (c === '"') quoted = true;
      else if (c === ",") line.push("");
      else if (c === "\n") lines.push([""]);
      else if (c !== "\r") line[line.length - 1] += c;
    }
    const [head, ...rest] = lines;
    if (COLUMNS.some((column) => !head.includes(column))) return null;
    return rest
      .filter((line) => line.length === head.length)
      .map((line) => Object.fromEntries(head.map((name, i) => [name, line[i].replace(/^'(?=[=+\-@\t\r])/, "")])));
  }

  async function addFiles(files) {
    const notes = [];
    others = [];
    for (const file of files) {
      const found = parse(await file.text());
      notes.push(file.name + ": " + (found ? found.length + " votes" : "not a file of votes"));
      if (found) others.push(...found);
    }
    element("files-note").textContent = notes.join("; ");
    finish();
  }

  const names = new Set(data.images.flatMap((image) => [...pictures(image).keys()]));
  const ordered = [BEFORE, ...data.methods].filter((name) => names.has(name));
  for (const id of ["method-a", "method-b"]) {
    element(id).replaceChildren(...ordered.map((name) => new Option(name, name)));
  }
  // Two configurations if there are two, else the result and its input.
  element("method-a").value = ordered.length > 2 ? ordered[1] : ordered[0];
  element("method-b").value = ordered[ordered.length > 2 ? 2 : 1];
  element("seed").value = data.seed;
  if (ordered.length < 2) {
    element("too-few").hidden = false;
    element("setup").hidden = true;
  }

  element("setup").addEventListener("submit", (event) => {
    event.preventDefault();
    const [a, b] = [element("method-a").value, element("method-b").value];
    element("method-b").setCustomValidity(a === b ? "Choose two different methods." : "");
    if (!element("method-b").reportValidity()) return;
    round = { voter: element("voter").value.trim(), seed: Number(element("seed").value) };
    trials = draw(a, b, round.seed);
    votes = [];
    show("voting");
    ask();
  });
  for (const id of ["method-a", "method-b"]) {
    element(id).addEventListener("change", () => element("method-b").setCustomValidity(""));
  }
  element("choose-left").addEventListener("click", () => choose("left"));
  element("choose-right").addEventListener("click", () => choose("right"));
  element("choose-none").addEventListener("click", () => choose("none"));
  element("back").addEventListener("click", takeBack);
  element("stop").addEventListener("click", finish);
  element("again").addEventListener("click", () => {
    others = others.concat(votes);
    votes = [];
    show("start");
  });
  element("files").addEventListener("change", (event) => addFiles(event.target.files));
  element("save").addEventListener("click", () => {
    const link = document.createElement("a");
    link.href = URL.createObjectURL(new Blob([csv()], { type: "text/csv" }));
    link.download = "votes-" + (round.voter.replace(/[^A-Za-z0-9_-]+/g, "-") || "unnamed") + "-" + round.seed + ".csv";
    link.click();
    setTimeout(() => URL.revokeObjectURL(link.href), 10_000);
  });
  element("pair").addEventListener("click", (event) => {
    if (!event.target.matches("img")) return;
    const box = event.target.parentElement.getBoundingClientRect();
    const zoomed = Number(element("pair").dataset.zoom) > 1;
    enlarge(zoomed ? 1 : 4,
      (100 * (event.clientX - box.left)) / box.width, (100 * (event.clientY - box.top)) / box.height);
  });
  addEventListener("keydown", (event) => {
    if (element("voting").hidden || event.ctrlKey || event.metaKey || event.altKey) return;
    if (event.key === "ArrowLeft") choose("left");
    else if (event.key === "ArrowRight") choose("right");
    else if (event.key === "ArrowDown") choose("none");
    else if (event.key === "Backspace" && votes.length > 0) takeBack();
    else return;
    event.preventDefault();
  });
  // A reload would lose votes that are not saved.
  addEventListener("beforeunload", (event) => {
    if (votes.length > 0 && votes.length < trials.length) event.preventDefault();
  });
})();
