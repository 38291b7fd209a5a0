-- Storages are tested by themselves, so that a company hears of one that stopped to work before its people do.
select jobs.create_queue('storage.test', '{"policy": "singleton", "retryLimit": 0, "expireInSeconds": 600}');
