#include "engine/net/http.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <atomic>
#include <future>
#include <map>
#include <mutex>
#include <thread>

#include "engine/net/runtime.h"
#include "tests/unit/net/peer.h"

namespace yilian::net {
namespace {

using ::testing::HasSubstr;
using ::testing::Not;
using ::testing::StartsWith;
using ::yilian::testing::Peer;

class HttpServerTest : public ::testing::Test {
 protected:
  void serve(HttpOptions options = {}, Handler handler = echo, Quick quick = {}) {
    options.port = 0;
    server_ = std::make_unique<HttpServer>(options, std::move(handler), [](int status, std::string_view why) {
      return Response{status, {{"Content-Type", "text/x-refused"}}, "refused: " + std::string(why)};
    }, std::move(quick));
    const auto started = server_->start();
    ASSERT_TRUE(started) << started.error().line();
  }
  static Response echo(const Request& request) {
    if (request.path == "/throw") throw std::runtime_error("no");
    if (request.path == "/slow") std::this_thread::sleep_for(std::chrono::milliseconds(200));
    if (request.path == "/none") return {204, {}, ""};
    return {200, {{"Content-Type", "text/plain"}}, request.method + " " + request.path + " " + request.body + "\n"};
  }
  std::string ask(const std::string& text, int milliseconds = 5000) {
    Peer peer(server_->port());
    peer.say(text);
    peer.half_close();
    return peer.hear_all(milliseconds);
  }
  std::unique_ptr<HttpServer> server_;
};

TEST_F(HttpServerTest, AnswersAndKeepsTheLine) {
  serve();
  Peer peer(server_->port());
  for (int i = 0; i < 3; ++i) {
    peer.say("GET /a%20b?x=1 HTTP/1.1\r\nHost: h\r\n\r\n");
    const auto answer = peer.hear("GET /a b \n");
    EXPECT_THAT(answer, StartsWith("HTTP/1.1 200 OK\r\n"));
    EXPECT_THAT(answer, HasSubstr("Content-Length: 10\r\n"));
  }
}

TEST_F(HttpServerTest, PipelinedRequestsAreAnsweredInOrder) {
  serve();
  Peer peer(server_->port());
  peer.say(
      "GET /slow HTTP/1.1\r\nHost: h\r\n\r\nPOST /2 HTTP/1.1\r\nHost: h\r\nContent-Length: 3\r\n\r\nabcGET /3 "
      "HTTP/1.1\r\nHost: h\r\nConnection: close\r\n\r\n");
  const auto all = peer.hear_all();
  EXPECT_TRUE(peer.ended());
  const auto first = all.find("GET /slow"), second = all.find("POST /2 abc"), third = all.find("GET /3");
  EXPECT_LT(first, second);
  EXPECT_LT(second, third);
  EXPECT_NE(third, std::string::npos);
}

TEST_F(HttpServerTest, RequestByteByByte) {
  serve();
  Peer peer(server_->port());
  for (const char c :
       std::string("POST /x HTTP/1.1\r\nHost: h\r\nTransfer-Encoding: chunked\r\n\r\n3\r\nabc\r\n2\r\nde\r\n0\r\n\r\n"))
    peer.say({&c, 1});
  EXPECT_THAT(peer.hear("\n", 7), HasSubstr("POST /x abcde"));
}

TEST_F(HttpServerTest, HeadHasTheLengthAndNoBody) {
  serve();
  const auto answer = ask("HEAD /x HTTP/1.1\r\nHost: h\r\n\r\n");
  EXPECT_THAT(answer, HasSubstr("Content-Length: 9\r\n"));
  EXPECT_TRUE(answer.ends_with("\r\n\r\n"));
}

TEST_F(HttpServerTest, Http10ClosesUnlessAsked) {
  serve();
  Peer peer(server_->port());
  peer.say("GET /x HTTP/1.0\r\n\r\n");
  EXPECT_THAT(peer.hear_all(), HasSubstr("Connection: close"));
  EXPECT_TRUE(peer.ended());
}

TEST_F(HttpServerTest, ContentLengthOverTheLimitIsRefusedUnread) {
  HttpOptions options;
  options.limits.body_bytes = 10;
  serve(options);
  Peer peer(server_->port());
  peer.say("POST /x HTTP/1.1\r\nHost: h\r\nContent-Length: 11\r\n\r\n");
  EXPECT_THAT(peer.hear("refused"), StartsWith("HTTP/1.1 413 "));
  EXPECT_THAT(ask("POST /x HTTP/1.1\r\nHost: h\r\nContent-Length: 10\r\n\r\n0123456789"), StartsWith("HTTP/1.1 200 "));
}

TEST_F(HttpServerTest, RefusalReachesAClientThatStillSends) {
  HttpOptions options;
  options.limits.body_bytes = 1000;
  serve(options);
  Peer peer(server_->port());
  peer.say("POST /x HTTP/1.1\r\nHost: h\r\nContent-Length: 5000000\r\n\r\n");
  EXPECT_TRUE(peer.say(std::string(5'000'000, 'x')));
  EXPECT_THAT(peer.hear_all(), StartsWith("HTTP/1.1 413 "));
}

TEST_F(HttpServerTest, ChunkedBodyIsCounted) {
  HttpOptions options;
  options.limits.body_bytes = 10;
  serve(options);
  EXPECT_THAT(
      ask("POST /x HTTP/1.1\r\nHost: h\r\nTransfer-Encoding: chunked\r\n\r\n6\r\nabcdef\r\n6\r\nabcdef\r\n0\r\n\r\n"),
      StartsWith("HTTP/1.1 413 "));
}

TEST_F(HttpServerTest, HeaderOverTheLimit) {
  HttpOptions options;
  options.limits.header_bytes = 2000;
  serve(options);
  EXPECT_THAT(ask("GET /x HTTP/1.1\r\nHost: h\r\nX: " + std::string(3000, 'x') + "\r\n\r\n"),
              StartsWith("HTTP/1.1 431 "));
}

TEST_F(HttpServerTest, BadRequestsAreRefusedInTheFacesWords) {
  serve();
  const std::vector<std::pair<std::string, std::string>> cases{
      {"GET /x HTTP/1.1\r\n\r\n", "400"},
      {"GET /x HTTP/1.1\r\nHost: a\r\nHost: b\r\n\r\n", "400"},
      {"GET x HTTP/1.1\r\nHost: h\r\n\r\n", "400"},
      {"GET /%00 HTTP/1.1\r\nHost: h\r\n\r\n", "400"},
      {"GET /a/%2e%2e/b HTTP/1.1\r\nHost: h\r\n\r\n", "400"},
      {"GET /%zz HTTP/1.1\r\nHost: h\r\n\r\n", "400"},
      {"GET /x?a=%z HTTP/1.1\r\nHost: h\r\n\r\n", "400"},
      {"\x16\x03\x01 junk\r\n\r\n", "400"},
      {"GET /x HTTP/1.1\r\nHost: h\r\nBad header\r\n\r\n", "400"},
      {"POST /x HTTP/1.1\r\nHost: h\r\nContent-Length: x\r\n\r\n", "400"},
      {"POST /x HTTP/1.1\r\nHost: h\r\nContent-Length: 1\r\nTransfer-Encoding: chunked\r\n\r\n0\r\n\r\n", "400"},
      {"POST /x HTTP/1.1\r\nHost: h\r\nTransfer-Encoding: gzip\r\n\r\nabc", "501"},
      {"POST /x HTTP/1.1\r\nHost: h\r\nTransfer-Encoding: gzip, chunked\r\n\r\n0\r\n\r\n", "501"},
      {"POST /x HTTP/1.0\r\nTransfer-Encoding: chunked\r\n\r\n0\r\n\r\n", "400"},
      {"POST /x HTTP/1.1\r\nHost: h\r\nExpect: magic\r\nContent-Length: 1\r\n\r\na", "417"},
      {"GET /x HTTP/2.0\r\nHost: h\r\n\r\n", "505"},
  };
  for (const auto& [request, status] : cases) {
    const auto answer = ask(request);
    EXPECT_THAT(answer, StartsWith("HTTP/1.1 " + status + " ")) << request;
    EXPECT_THAT(answer, HasSubstr("text/x-refused")) << request;
    EXPECT_THAT(answer, HasSubstr("refused: ")) << request;
  }
}

TEST_F(HttpServerTest, BadPathDoesNotCostTheLine) {
  serve();
  Peer peer(server_->port());
  peer.say("GET /%00 HTTP/1.1\r\nHost: h\r\n\r\nGET /y HTTP/1.1\r\nHost: h\r\n\r\n");
  const auto all = peer.hear("GET /y \n");
  EXPECT_THAT(all, StartsWith("HTTP/1.1 400 "));
  EXPECT_THAT(all, HasSubstr("HTTP/1.1 200 "));
}

TEST_F(HttpServerTest, ExpectContinue) {
  serve();
  Peer peer(server_->port());
  peer.say("POST /x HTTP/1.1\r\nHost: h\r\nExpect: 100-continue\r\nContent-Length: 3\r\n\r\n");
  EXPECT_EQ(peer.hear("\r\n\r\n"), "HTTP/1.1 100 Continue\r\n\r\n");
  peer.say("abc");
  EXPECT_THAT(peer.hear("abc\n"), StartsWith("HTTP/1.1 200 "));
}

TEST_F(HttpServerTest, ThrowingHandlerIs500AndTheLineGoesOn) {
  serve();
  Peer peer(server_->port());
  peer.say("GET /throw HTTP/1.1\r\nHost: h\r\n\r\nGET /none HTTP/1.1\r\nHost: h\r\n\r\n");
  const auto all = peer.hear("204 No Content\r\n");
  EXPECT_THAT(all, StartsWith("HTTP/1.1 500 "));
  EXPECT_THAT(all, HasSubstr("refused: "));
}

TEST_F(HttpServerTest, SlowRequestTimesOut) {
  HttpOptions options;
  options.limits.request_seconds = 1;
  serve(options);
  Peer peer(server_->port());
  peer.say("GET /x HTTP/1.1\r\n");
  std::string answer;
  for (int i = 0; i < 30 && answer.empty(); ++i) {
    peer.say("X");  // a byte now and then must not help
    answer = peer.hear("refused", 1, 100);
  }
  EXPECT_THAT(answer, StartsWith("HTTP/1.1 408 "));
}

TEST_F(HttpServerTest, SlowBodyTimesOut) {
  HttpOptions options;
  options.limits.request_seconds = 1;
  serve(options);
  Peer peer(server_->port());
  peer.say("POST /x HTTP/1.1\r\nHost: h\r\nContent-Length: 100\r\n\r\nabc");
  EXPECT_THAT(peer.hear("refused"), StartsWith("HTTP/1.1 408 "));
}

TEST_F(HttpServerTest, IdleConnectionsAreClosedInSilence) {
  HttpOptions options;
  options.limits.idle_seconds = 1;
  serve(options);
  Peer peer(server_->port());
  EXPECT_EQ(peer.hear_all(), "");
  EXPECT_TRUE(peer.ended());
}

TEST_F(HttpServerTest, ConnectionsOverTheLimitAreToldSo) {
  HttpOptions options;
  options.limits.connections = 2;
  serve(options);
  Peer first(server_->port()), second(server_->port());
  for (auto* peer : {&first, &second}) {
    peer->say("GET /x HTTP/1.1\r\nHost: h\r\n\r\n");
    EXPECT_THAT(peer->hear("GET /x \n"), StartsWith("HTTP/1.1 200 "));
  }
  EXPECT_THAT(ask("GET /x HTTP/1.1\r\nHost: h\r\n\r\n"), StartsWith("HTTP/1.1 503 "));
  first.close();
  std::string answer;
  for (int i = 0; i < 50 && answer.find("200 OK") == std::string::npos; ++i) {
    std::this_thread::sleep_for(std::chrono::milliseconds(20));
    answer = ask("GET /x HTTP/1.1\r\nHost: h\r\n\r\n");
  }
  EXPECT_THAT(answer, HasSubstr("200 OK"));
}

TEST_F(HttpServerTest, LargeBodiesBothWays) {
  serve();
  Peer peer(server_->port());
  const std::string body(20u << 20, 'b');
  std::thread sender([&] {
    peer.say("POST /x HTTP/1.1\r\nHost: h\r\nContent-Length: " + std::to_string(body.size()) + "\r\n\r\n" + body);
  });
  const auto answer = peer.hear("bb\n", 1, 20000);
  sender.join();
  EXPECT_GT(answer.size(), body.size());
}

TEST_F(HttpServerTest, StopAnswersWhatIsUnderWay) {
  serve();
  Peer busy(server_->port()), idle(server_->port());
  busy.say("GET /slow HTTP/1.1\r\nHost: h\r\n\r\n");
  std::this_thread::sleep_for(std::chrono::milliseconds(50));
  const auto port = server_->port();
  const auto start = std::chrono::steady_clock::now();
  server_->stop(5000);
  EXPECT_LT(std::chrono::steady_clock::now() - start, std::chrono::seconds(3));
  const auto answer = busy.hear_all();
  EXPECT_THAT(answer, HasSubstr("GET /slow"));
  EXPECT_THAT(answer, HasSubstr("Connection: close"));
  EXPECT_EQ(idle.hear_all(), "");
  EXPECT_THROW(Peer{port}, std::runtime_error);
}

TEST_F(HttpServerTest, StopDoesNotWaitLongerThanItsDeadline) {
  serve();
  Peer half(server_->port());
  half.say("POST /x HTTP/1.1\r\nHost: h\r\nContent-Length: 10\r\n\r\nabc");
  std::this_thread::sleep_for(std::chrono::milliseconds(50));
  const auto start = std::chrono::steady_clock::now();
  server_->stop(200);
  EXPECT_LT(std::chrono::steady_clock::now() - start, std::chrono::seconds(2));
}

TEST_F(HttpServerTest, PortTakenIsAnError) {
  serve();
  HttpOptions options;
  options.port = server_->port();
  HttpServer second(options, echo, [](int status, std::string_view) { return Response{status, {}, ""}; });
  const auto started = second.start();
  ASSERT_FALSE(started);
  EXPECT_EQ(started.error().code, Code::bad_config);
}

TEST_F(HttpServerTest, SharesARuntimeWithOthers) {
  HttpOptions options;
  options.runtime = Runtime::shared();
  serve(options);
  EXPECT_EQ(options.runtime, Runtime::shared());
  EXPECT_THAT(ask("GET /x HTTP/1.1\r\nHost: h\r\n\r\n"), HasSubstr("GET /x"));
  server_.reset();
}

TEST_F(HttpServerTest, LinesAreWatchedWhileEveryHandlerIsBusy) {
  HttpOptions options;
  options.readers = 1;
  options.limits.idle_seconds = 1;
  std::promise<void> go;
  auto gone = go.get_future().share();
  std::promise<void> begun;
  serve(options, [&](const Request& request) {
    if (request.path == "/busy") {
      begun.set_value();
      gone.wait();
    }
    return Response{200, {}, request.path + " \n"};
  });
  Peer busy(server_->port()), second(server_->port()), idle(server_->port());
  busy.say("GET /busy HTTP/1.1\r\nHost: h\r\n\r\n");
  begun.get_future().wait();
  second.say("GET /second HTTP/1.1\r\nHost: h\r\n\r\n");
  EXPECT_EQ(idle.hear_all(), "");  // its time is up all the same
  go.set_value();
  EXPECT_THAT(busy.hear("/busy \n"), HasSubstr("200 OK"));
  EXPECT_THAT(second.hear("/second \n"), HasSubstr("200 OK"));
}

TEST_F(HttpServerTest, WhatIsQuickNeedsNoWorker) {
  HttpOptions options;
  options.io_threads = 1;
  options.workers = options.readers = 1;
  std::promise<void> go;
  auto gone = go.get_future().share();
  std::promise<void> begun;
  std::mutex mutex;
  std::map<std::string, std::thread::id> by;
  serve(options,
        [&](const Request& request) {
          if (request.path == "/busy") {
            begun.set_value();
            gone.wait();
          }
          const std::lock_guard lock(mutex);
          by[request.path] = std::this_thread::get_id();
          if (request.path == "/quick/throw") throw std::runtime_error("no");
          const std::size_t size = request.path == "/quick/long" ? 200'000 : 0;
          return Response{200, {{"Content-Type", "text/plain"}}, request.path + std::string(size, 'x') + "\n"};
        },
        [](const Request& request) { return request.path.starts_with("/quick"); });
  Peer busy(server_->port()), other(server_->port());
  busy.say("GET /busy HTTP/1.1\r\nHost: h\r\n\r\n");
  begun.get_future().wait();
  for (const char* path : {"/quick/1", "/quick/2"}) {  // the only worker has another one
    other.say("GET " + std::string(path) + " HTTP/1.1\r\nHost: h\r\n\r\n");
    EXPECT_THAT(other.hear(std::string(path) + "\n"), HasSubstr("200 OK"));
  }
  other.say("GET /quick/throw HTTP/1.1\r\nHost: h\r\n\r\n");
  EXPECT_THAT(other.hear("refused: "), HasSubstr("500"));
  go.set_value();
  EXPECT_THAT(busy.hear("/busy\n"), HasSubstr("200 OK"));
  EXPECT_EQ(by.at("/quick/1"), by.at("/quick/2"));
  EXPECT_NE(by.at("/quick/1"), by.at("/busy"));
  Peer fresh(server_->port());
  fresh.say("GET /quick/long HTTP/1.1\r\nHost: h\r\n\r\n");
  EXPECT_THAT(fresh.hear("x\n"), HasSubstr("Content-Length: 200012"));
  EXPECT_THAT(ask("GET /quick/long HTTP/1.1\r\nHost: h\r\nAccept-Encoding: gzip\r\n\r\n"), HasSubstr("Content-Encoding: gzip"));
}

TEST_F(HttpServerTest, WhatReadsAndWhatWritesHaveThreadsOfTheirOwn) {
  HttpOptions options;
  options.workers = options.readers = 1;
  std::promise<void> go;
  auto gone = go.get_future().share();
  std::promise<void> begun;
  serve(options, [&](const Request& request) {
    if (request.path == "/busy") {
      begun.set_value();
      gone.wait();
    }
    return Response{200, {}, request.path + "\n"};
  });
  Peer busy(server_->port()), other(server_->port());
  busy.say("POST /busy HTTP/1.1\r\nHost: h\r\nContent-Length: 0\r\n\r\n");
  begun.get_future().wait();
  other.say("GET /read HTTP/1.1\r\nHost: h\r\n\r\n");
  EXPECT_THAT(other.hear("/read\n"), HasSubstr("200 OK"));
  go.set_value();
  EXPECT_THAT(busy.hear("/busy\n"), HasSubstr("200 OK"));
}

TEST_F(HttpServerTest, ThousandsOfPipelinedRequests) {
  serve();
  std::string all;
  for (int i = 0; i < 3000; ++i) all += "GET /" + std::to_string(i) + " HTTP/1.1\r\nHost: h\r\n\r\n";
  Peer peer(server_->port());
  std::thread sender([&] { peer.say(all); });
  const auto heard = peer.hear("GET /2999 ");
  sender.join();
  std::size_t at = 0;
  for (int i = 0; i < 3000; ++i) {
    at = heard.find("GET /" + std::to_string(i) + " ", at);
    ASSERT_NE(at, std::string::npos) << i;
  }
}

TEST_F(HttpServerTest, ManyClientsAtOnce) {
  HttpOptions options;
  options.io_threads = 2;
  serve(options);
  std::atomic<int> good{0};
  std::vector<std::thread> clients;
  for (int c = 0; c < 8; ++c) {
    clients.emplace_back([&, c] {
      Peer peer(server_->port());
      for (int i = 0; i < 200; ++i) {
        const auto path = "/" + std::to_string(c) + "-" + std::to_string(i);
        peer.say("GET " + path + " HTTP/1.1\r\nHost: h\r\n\r\n");
        if (peer.hear(path + " \n").find("200 OK") != std::string::npos) ++good;
      }
    });
  }
  for (auto& client : clients) client.join();
  EXPECT_EQ(good, 1600);
}

}  // namespace
}  // namespace yilian::net
