const pause = 2000;
const minute = 60000;
const patience = 15000;

// Sends the form's fields to its autosave address two seconds after the last key and when a field is left. The answer may be JSON
// with the new "version"; 409 says that somebody else has changed the same thing, and nothing is sent from then on. A button pressed
// while an answer is on its way waits for it, so that it sends the version the answer brings.
export function autosave(form, saved) {
  const line = form.querySelector("[data-saved-line]");
  let timer, said = 0, sent = text(form), busy = false, again = false, stopped = false, pressed;

  const say = (words, bad) => {
    line.textContent = words;
    line.classList.toggle("bad", !!bad);
  };
  const save = async () => {
    clearTimeout(timer);
    const now = text(form);
    if (stopped || now === sent) return;
    if (busy) return void (again = true);
    busy = true;
    try {
      const r = await fetch(form.dataset.autosave, { method: "POST", body: new URLSearchParams(now), headers: { Accept: "application/json" }, keepalive: now.length < 60000, signal: AbortSignal.timeout(patience) });
      if (r.status === 409) {
        stopped = true;
        say(form.dataset.conflict, true);
      } else if (!r.ok || r.redirected) {
        say(form.dataset.failed, true);
      } else {
        const version = form.elements._version;
        const answer = r.headers.get("content-type")?.includes("json") ? await r.json() : {};
        if (version && answer.version) version.value = answer.version;
        sent = version ? text(form, now) : now;
        if (text(form) === sent) saved();
        if (Date.now() - said > minute || line.classList.contains("bad")) {
          said = Date.now();
          say(form.dataset.saved.replace("{time}", new Date().toLocaleTimeString("sv-SE", { hour: "2-digit", minute: "2-digit" })));
        }
      }
    } catch {
      say(form.dataset.failed, true);
    }
    busy = false;
    if (pressed) {
      form.requestSubmit(pressed.button);
    } else if (again) {
      again = false;
      save();
    }
  };
  form.addEventListener("input", () => {
    clearTimeout(timer);
    timer = setTimeout(save, pause);
  });
  form.addEventListener("focusout", save);
  form.addEventListener("submit", (e) => {
    clearTimeout(timer);
    stopped = true;
    if (busy) {
      e.preventDefault();
      pressed = { button: e.submitter };
    }
  });
}

// The fields as they would be sent, without files. With was, its fields and the form's own new version.
function text(form, was) {
  const fields = was ? new URLSearchParams(was) : new URLSearchParams([...new FormData(form)].filter(([, v]) => typeof v === "string"));
  if (was) fields.set("_version", form.elements._version.value);
  return fields.toString();
}
