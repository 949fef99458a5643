-- wrk script: sends the requests of a file in turn, from a given share of it on, and prints
-- what it measured as JSON.
-- Each line of the file: method, path and body, separated by tabs.
local requests, position = {}, 0

function init(arguments)
  for line in io.lines(arguments[1]) do
    local method, path, body = line:match("^(%S+)\t(%S+)\t?(.*)$")
    local headers = {["Host"] = wrk.host}
    if body ~= "" then headers["Content-Type"] = "application/json" end
    requests[#requests + 1] = wrk.format(method, path, headers, body ~= "" and body or nil)
  end
  -- Every run begins elsewhere, so that no server has just answered the same requests.
  position = math.floor(tonumber(arguments[2]) * #requests)
end

function request()
  position = position % #requests + 1
  return requests[position]
end

function done(summary, latency, _)
  local errors = summary.errors
  io.write(string.format(
    '{"requests":%d,"seconds":%.6f,"failed":%d,"p50":%.1f,"p95":%.1f,"p99":%.1f}\n',
    summary.requests, summary.duration / 1e6,
    errors.connect + errors.read + errors.write + errors.status + errors.timeout,
    latency:percentile(50), latency:percentile(95), latency:percentile(99)))
end
