#pragma once
// Listening sockets that outlive the program: one takes the next one's place in the same process (exec), and who connects meanwhile waits instead of being refused.

#include <optional>
#include <string>

#include "engine/net/endpoint.h"

namespace yilian::net {

// From now on a Listener that closes leaves its socket open, for the next program.
void keep_listening_sockets();
// What is kept goes along with execv, named in this environment variable ("3=127.0.0.1:2575;4=…").
void hand_over_listening_sockets();

// The socket that the program before left for this address, once; nothing: there is none.
std::optional<int> inherited_socket(const Endpoint& endpoint);
// Those that nobody asked for are closed: nobody listens there any more.
void close_inherited_sockets();

// For Listener::close.
void keep_socket(int socket, const Endpoint& endpoint);

}  // namespace yilian::net
