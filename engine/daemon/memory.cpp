// How jemalloc keeps memory: read by it before main().

extern "C" {
extern const char* malloc_conf;
// A thread of its own gives back what was not used for a second: after a burst the daemon is small again. Few arenas:
// there are few threads.
const char* malloc_conf = "background_thread:true,dirty_decay_ms:1000,muzzy_decay_ms:0,narenas:4";
}
