// Shows what has changed, unless somebody reads with the keyboard just there.
const look = async () => {
  const shown = document.querySelector("main");
  if (document.hidden || shown.contains(document.activeElement)) return;
  const answer = await fetch(location.href, {cache: "no-store"}).catch(() => null);
  if (answer === null) return;
  const page = new DOMParser().parseFromString(await answer.text(), "text/html");
  const now = page.querySelector("main");
  if (now === null || now.innerHTML === shown.innerHTML) return;
  shown.replaceWith(document.adoptNode(now));
  document.title = page.title;
};
setInterval(look, 5000);
