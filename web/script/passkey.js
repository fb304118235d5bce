// Passkeys: registering one and logging in with one. The parts of the page that need this are hidden until it runs; without it, or
// in a browser that knows no passkeys, the code by e-mail is the way.

const bytes = (text) => Uint8Array.from(atob(text.replace(/-/g, "+").replace(/_/g, "/")), (c) => c.charCodeAt(0));
const text = (buffer) => btoa(String.fromCharCode(...new Uint8Array(buffer))).replace(/\+/g, "-").replace(/\//g, "_").replace(/=+$/, "");
const withBytes = (list) => (list ?? []).map((c) => ({ ...c, id: bytes(c.id) }));

async function send(address, body) {
  const answer = await fetch(address, {
    method: "POST",
    headers: { "Content-Type": "application/json" },
    body: JSON.stringify(body ?? {}),
  });
  const kind = answer.headers.get("Content-Type") ?? "";
  const data = kind.startsWith("application/json") ? await answer.json() : {};
  if (!answer.ok) throw Object.assign(new Error("refused"), { say: data.error });
  return data;
}

async function register({ publicKey: o }) {
  const c = await navigator.credentials.create({
    publicKey: { ...o, challenge: bytes(o.challenge), user: { ...o.user, id: bytes(o.user.id) }, excludeCredentials: withBytes(o.excludeCredentials) },
  });
  return {
    id: c.id,
    rawId: text(c.rawId),
    type: c.type,
    authenticatorAttachment: c.authenticatorAttachment ?? undefined,
    clientExtensionResults: c.getClientExtensionResults(),
    response: {
      clientDataJSON: text(c.response.clientDataJSON),
      attestationObject: text(c.response.attestationObject),
      transports: c.response.getTransports?.() ?? [],
    },
  };
}

async function logIn({ publicKey: o }) {
  const c = await navigator.credentials.get({
    publicKey: { ...o, challenge: bytes(o.challenge), allowCredentials: withBytes(o.allowCredentials) },
  });
  const r = c.response;
  return {
    id: c.id,
    rawId: text(c.rawId),
    type: c.type,
    authenticatorAttachment: c.authenticatorAttachment ?? undefined,
    clientExtensionResults: c.getClientExtensionResults(),
    response: {
      clientDataJSON: text(r.clientDataJSON),
      authenticatorData: text(r.authenticatorData),
      signature: text(r.signature),
      userHandle: r.userHandle ? text(r.userHandle) : undefined,
    },
  };
}

if (window.PublicKeyCredential) {
  for (const part of document.querySelectorAll("[data-passkey]")) {
    const { passkey, begin, finish, till, failed } = part.dataset;
    const button = part.querySelector("button");
    const message = part.querySelector("[role=alert]");
    const say = (words) => {
      message.textContent = words;
      message.hidden = !words;
    };
    part.hidden = false;
    button.addEventListener("click", async () => {
      say("");
      button.setAttribute("aria-busy", "true");
      try {
        const { token, options } = await send(begin);
        const answer = await (passkey === "register" ? register : logIn)(options);
        const { to } = await send(finish, { token, till, answer });
        location.assign(to);
      } catch (fault) {
        // Somebody who closes the browser's own dialogue has changed her mind; that needs no message.
        if (fault.name !== "NotAllowedError" && fault.name !== "AbortError") say(fault.say ?? failed);
      } finally {
        button.removeAttribute("aria-busy");
      }
    });
  }
}
