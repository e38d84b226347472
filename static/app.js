"use strict";
// What pages gain with JavaScript. Every page works without this file.

document.documentElement.classList.replace("no-js", "js");

// ---- saying things: to a screen reader, and to the eye ----

function announce(text) {
  const live = document.getElementById("live");
  live.textContent = "";
  // A live region is read when it changes: emptied first, so that the same sentence twice is read twice.
  setTimeout(() => { live.textContent = text; }, 50);
}

function showProblem(text) {
  hideProblem();
  const banner = document.createElement("div");
  banner.id = "network-problem";
  banner.className = "notice notice--danger network-problem";
  const words = document.createElement("p");
  words.className = "notice__body notice__title";
  words.textContent = text;
  const close = document.createElement("button");
  close.type = "button";
  close.className = "button button--secondary";
  close.textContent = "閉じる";
  close.addEventListener("click", hideProblem);
  banner.append(words, close);
  document.getElementById("main").prepend(banner);
  announce(text);
}

function hideProblem() {
  document.getElementById("network-problem")?.remove();
}

// ---- an invalid form: the reader starts at the list of what to correct ----

function focusErrorSummary() {
  const summary = document.getElementById("error-summary");
  if (summary && !summary.dataset.seen) {
    summary.dataset.seen = "yes";
    summary.focus();
  }
}

// A link in the error summary leads to the control itself, also inside a group of radio buttons.
document.addEventListener("click", (event) => {
  const link = event.target.closest("#error-summary a[href^='#']");
  const field = link && document.getElementById(link.hash.slice(1));
  if (!field) return;
  const control = field.matches("fieldset") ? field.querySelector("input:checked, input") : field;
  event.preventDefault();
  field.scrollIntoView({ block: "start" });
  control.focus({ preventScroll: true });
});

document.addEventListener("DOMContentLoaded", () => {
  focusErrorSummary();
  newAnnouncements(); // what the page came with is not news
});

// ---- htmx: what it brings in is announced, what fails is said ----

// Texts of [data-announce] that were not there, or read differently, when this was last asked.
function newAnnouncements() {
  const fresh = [...document.querySelectorAll("[data-announce]")].filter((element) => element.dataset.announced !== element.textContent);
  fresh.forEach((element) => { element.dataset.announced = element.textContent; });
  return fresh.map((element) => element.textContent.trim()).filter(Boolean);
}

document.addEventListener("htmx:after:swap", () => {
  hideProblem();
  focusErrorSummary();
  const text = newAnnouncements().join("。");
  if (text) announce(text);
});

const SAID_FOR_STATUS = {
  400: "画面の有効時間が過ぎました。入力した内容はこの画面に残っています。「下書きを保存」などのボタンを押すと続けられます。",
  401: "ログインの有効時間が過ぎました。もう一度ログインしてください。",
  403: "この操作はできません。画面を読み込み直してから、もう一度お試しください。",
  404: "見つかりませんでした。一覧に戻って選び直してください。",
  409: "ほかの人が先に更新しました。画面を読み込み直してください。",
  413: "ファイルが大きすぎます。小さいファイルを選んでください。",
  429: "操作が続いたため、一時的に受け付けていません。しばらく待ってから、もう一度お試しください。",
};

document.addEventListener("htmx:response:error", (event) => {
  const status = event.detail.ctx.response.status;
  // 422 is the form again with its corrections: the page already says it.
  if (status === 422) return;
  const text = SAID_FOR_STATUS[status] || "手続きを完了できませんでした。しばらく待ってから、もう一度お試しください。";
  // After the swap, which takes an earlier banner away.
  setTimeout(() => showProblem(text));
});

document.addEventListener("htmx:error", () => {
  showProblem("通信できませんでした。もう一度お試しください。");
});

// ---- a document in a window of its own; without JavaScript the same link opens a tab ----

document.addEventListener("click", (event) => {
  const link = event.target.closest("a[data-window]");
  if (!link || event.button !== 0 || event.ctrlKey || event.metaKey || event.shiftKey || event.altKey) return;
  const opened = window.open(link.href, link.dataset.window, "popup,width=900,height=1000");
  if (!opened) return;
  event.preventDefault();
  opened.focus();
});

// ---- a row's drill-down: a second click closes what the first has opened ----

document.addEventListener("click", (event) => {
  const link = event.target.closest("[data-drill-down]");
  const panel = link && document.getElementById(link.getAttribute("aria-controls"));
  if (!panel) return;
  const isOpen = link.getAttribute("aria-expanded") === "true";
  link.setAttribute("aria-expanded", String(!isOpen));
  if (!isOpen) return;
  event.preventDefault();
  event.stopImmediatePropagation();
  panel.replaceChildren();
}, true);

// ---- a file that the server would refuse is not sent: over a phone's line that takes minutes ----

document.addEventListener("submit", (event) => {
  const tooLarge = [...event.target.querySelectorAll("input[type=file][data-largest]")]
    .find((input) => [...input.files].some((file) => file.size > Number(input.dataset.largest)));
  if (!tooLarge) return;
  event.preventDefault();
  event.stopImmediatePropagation();
  showProblem(tooLarge.dataset.tooLarge);
  tooLarge.focus();
}, true);

// ---- a form that must not be sent twice ----

document.addEventListener("submit", (event) => {
  const form = event.target;
  if (!form.matches("form[data-once]")) return;
  if (form.dataset.sent) {
    event.preventDefault();
    event.stopImmediatePropagation();
    return;
  }
  form.dataset.sent = "yes";
  // Later, not now: a button disabled during the event would not send its own name and value.
  setTimeout(() => setButtons(form, true));
}, true);

function setButtons(form, disabled) {
  form.querySelectorAll("button[type=submit]").forEach((button) => { button.disabled = disabled; });
}

function reopenForms() {
  document.querySelectorAll("form[data-once][data-sent]").forEach((form) => {
    delete form.dataset.sent;
    setButtons(form, false);
  });
}

window.addEventListener("pageshow", reopenForms);
document.addEventListener("htmx:finally:request", reopenForms);

// ---- 「印刷する」, 「この画面を閉じる」 ----

document.addEventListener("click", (event) => {
  if (event.target.closest("[data-print]")) window.print();
  if (event.target.closest("[data-close]")) window.close();
});
