// The countdown of a running campaign follows the reader's clock; a demo's clock stands still.
(function () {
  "use strict";
  var clock = document.querySelector("[data-deadline][data-running]");
  if (!clock) { return; }
  var deadline = Date.parse(clock.dataset.deadline);
  var count = clock.querySelector("[data-clock-count]");
  var label = clock.querySelector("[data-clock-label]");

  function show() {
    var left = deadline + 1000 - Date.now(); // the deadline's own second is in time
    var over = left <= 0;
    var minutes = Math.floor(Math.abs(left) / 60000);
    var days = Math.floor(minutes / 1440), hours = Math.floor(minutes / 60) % 24, rest = minutes % 60;
    if (over) { label.textContent = "报送已截止"; }
    count.textContent = (over ? "已过 " : "") + (days ? days + " 天 " : "") + (days || hours ? hours + " 小时 " : "") + (days || hours || rest ? rest + " 分" : "不足 1 分");
    clock.classList.toggle("clock--over", over);
  }

  show();
  window.setInterval(show, 30000);
}());
