-- A sliding-window log. KEYS[1] is the list of the times, in milliseconds, at which requests passed, oldest first;
-- ARGV[1] the quota, ARGV[2] the window in milliseconds. Answers whether this request passes (1 or 0), how many more
-- would, and after how many milliseconds more pass than now.
local log, quota, window = KEYS[1], tonumber(ARGV[1]), tonumber(ARGV[2])
local time = redis.call('TIME')
local now = time[1] * 1000 + math.floor(time[2] / 1000)

-- The clock went back, as it may after a failover: a little is waited for, much makes the log worthless.
local newest = tonumber(redis.call('LINDEX', log, -1) or now)
if newest - now > window then
    redis.call('DEL', log)
elseif newest > now then
    now = newest
end

local oldest = redis.call('LINDEX', log, 0)
while oldest and tonumber(oldest) <= now - window do
    redis.call('LPOP', log)
    oldest = redis.call('LINDEX', log, 0)
end

local used = redis.call('LLEN', log)
if used < quota then
    redis.call('RPUSH', log, string.format('%.0f', now))
    redis.call('PEXPIRE', log, window)
    return { 1, quota - used - 1, tonumber(oldest or now) + window - now }
end
-- The entry whose leaving makes room: not the oldest one when the quota was higher before.
local blocking = redis.call('LINDEX', log, used - quota)
return { 0, 0, tonumber(blocking) + window - now }
