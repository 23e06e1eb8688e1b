package dev.modeldex.v1;

import static io.grpc.MethodDescriptor.generateFullMethodName;

/**
 * <pre>
 * SubscriberService streams the changes of the catalogue, and takes updates that callers publish.
 * A stream follows the log of revisions. It promises, on every replica:
 * - ordered: revisions on a stream only grow;
 * - unique: no event comes twice on a stream, nor again after a resume by token;
 * - atomic: the events of a revision come in one message;
 * - reliable: no event that matches is missing between two that came;
 * - resumable: a token continues where its message ended, on any replica, as long as the log keeps that place;
 * - bookmarked: after a bookmark at a revision nothing up to that revision comes any more;
 * - never silent: where the log does not keep a place any more the stream ends with OUT_OF_RANGE (REVISION_COMPACTED);
 * - converging: a snapshot with the events after it applied is the catalogue at the revision of the last bookmark;
 * - alone: a subscriber that reads slowly, or not at all, changes nothing for others and is not ended for it.
 * Not promised: how long a change takes to arrive, and that two streams get the same batches.
 * A watch can fail with UNAUTHENTICATED, PERMISSION_DENIED, INVALID_ARGUMENT (INVALID_REQUEST, MALFORMED_REQUEST,
 * INVALID_RESUME_TOKEN), OUT_OF_RANGE (REVISION_COMPACTED, FUTURE_REVISION), ABORTED (HISTORY_REWOUND),
 * RESOURCE_EXHAUSTED (TOO_MANY_STREAMS) and UNAVAILABLE (NOT_READY, DRAINING). It lives until its caller or its deadline
 * ends it. A stream that is about to be ended by the server says so with going_away and a token, and ends with OK.
 * </pre>
 */
@io.grpc.stub.annotations.GrpcGenerated
public final class SubscriberServiceGrpc {

  private SubscriberServiceGrpc() {}

  public static final java.lang.String SERVICE_NAME = "modeldex.v1.SubscriberService";

  // Static method descriptors that strictly reflect the proto.
  private static volatile io.grpc.MethodDescriptor<dev.modeldex.v1.WatchRequest,
      dev.modeldex.v1.WatchResponse> getWatchMethod;

  @io.grpc.stub.annotations.RpcMethod(
      fullMethodName = SERVICE_NAME + '/' + "Watch",
      requestType = dev.modeldex.v1.WatchRequest.class,
      responseType = dev.modeldex.v1.WatchResponse.class,
      methodType = io.grpc.MethodDescriptor.MethodType.SERVER_STREAMING)
  public static io.grpc.MethodDescriptor<dev.modeldex.v1.WatchRequest,
      dev.modeldex.v1.WatchResponse> getWatchMethod() {
    io.grpc.MethodDescriptor<dev.modeldex.v1.WatchRequest, dev.modeldex.v1.WatchResponse> getWatchMethod;
    if ((getWatchMethod = SubscriberServiceGrpc.getWatchMethod) == null) {
      synchronized (SubscriberServiceGrpc.class) {
        if ((getWatchMethod = SubscriberServiceGrpc.getWatchMethod) == null) {
          SubscriberServiceGrpc.getWatchMethod = getWatchMethod =
              io.grpc.MethodDescriptor.<dev.modeldex.v1.WatchRequest, dev.modeldex.v1.WatchResponse>newBuilder()
              .setType(io.grpc.MethodDescriptor.MethodType.SERVER_STREAMING)
              .setFullMethodName(generateFullMethodName(SERVICE_NAME, "Watch"))
              .setSafe(true)
              .setSampledToLocalTracing(true)
              .setRequestMarshaller(io.grpc.protobuf.ProtoUtils.marshaller(
                  dev.modeldex.v1.WatchRequest.getDefaultInstance()))
              .setResponseMarshaller(io.grpc.protobuf.ProtoUtils.marshaller(
                  dev.modeldex.v1.WatchResponse.getDefaultInstance()))
              .setSchemaDescriptor(new SubscriberServiceMethodDescriptorSupplier("Watch"))
              .build();
        }
      }
    }
    return getWatchMethod;
  }

  private static volatile io.grpc.MethodDescriptor<dev.modeldex.v1.WatchModelUpdatesRequest,
      dev.modeldex.v1.WatchModelUpdatesResponse> getWatchModelUpdatesMethod;

  @io.grpc.stub.annotations.RpcMethod(
      fullMethodName = SERVICE_NAME + '/' + "WatchModelUpdates",
      requestType = dev.modeldex.v1.WatchModelUpdatesRequest.class,
      responseType = dev.modeldex.v1.WatchModelUpdatesResponse.class,
      methodType = io.grpc.MethodDescriptor.MethodType.SERVER_STREAMING)
  public static io.grpc.MethodDescriptor<dev.modeldex.v1.WatchModelUpdatesRequest,
      dev.modeldex.v1.WatchModelUpdatesResponse> getWatchModelUpdatesMethod() {
    io.grpc.MethodDescriptor<dev.modeldex.v1.WatchModelUpdatesRequest, dev.modeldex.v1.WatchModelUpdatesResponse> getWatchModelUpdatesMethod;
    if ((getWatchModelUpdatesMethod = SubscriberServiceGrpc.getWatchModelUpdatesMethod) == null) {
      synchronized (SubscriberServiceGrpc.class) {
        if ((getWatchModelUpdatesMethod = SubscriberServiceGrpc.getWatchModelUpdatesMethod) == null) {
          SubscriberServiceGrpc.getWatchModelUpdatesMethod = getWatchModelUpdatesMethod =
              io.grpc.MethodDescriptor.<dev.modeldex.v1.WatchModelUpdatesRequest, dev.modeldex.v1.WatchModelUpdatesResponse>newBuilder()
              .setType(io.grpc.MethodDescriptor.MethodType.SERVER_STREAMING)
              .setFullMethodName(generateFullMethodName(SERVICE_NAME, "WatchModelUpdates"))
              .setSafe(true)
              .setSampledToLocalTracing(true)
              .setRequestMarshaller(io.grpc.protobuf.ProtoUtils.marshaller(
                  dev.modeldex.v1.WatchModelUpdatesRequest.getDefaultInstance()))
              .setResponseMarshaller(io.grpc.protobuf.ProtoUtils.marshaller(
                  dev.modeldex.v1.WatchModelUpdatesResponse.getDefaultInstance()))
              .setSchemaDescriptor(new SubscriberServiceMethodDescriptorSupplier("WatchModelUpdates"))
              .build();
        }
      }
    }
    return getWatchModelUpdatesMethod;
  }

  private static volatile io.grpc.MethodDescriptor<dev.modeldex.v1.WatchProviderUpdatesRequest,
      dev.modeldex.v1.WatchProviderUpdatesResponse> getWatchProviderUpdatesMethod;

  @io.grpc.stub.annotations.RpcMethod(
      fullMethodName = SERVICE_NAME + '/' + "WatchProviderUpdates",
      requestType = dev.modeldex.v1.WatchProviderUpdatesRequest.class,
      responseType = dev.modeldex.v1.WatchProviderUpdatesResponse.class,
      methodType = io.grpc.MethodDescriptor.MethodType.SERVER_STREAMING)
  public static io.grpc.MethodDescriptor<dev.modeldex.v1.WatchProviderUpdatesRequest,
      dev.modeldex.v1.WatchProviderUpdatesResponse> getWatchProviderUpdatesMethod() {
    io.grpc.MethodDescriptor<dev.modeldex.v1.WatchProviderUpdatesRequest, dev.modeldex.v1.WatchProviderUpdatesResponse> getWatchProviderUpdatesMethod;
    if ((getWatchProviderUpdatesMethod = SubscriberServiceGrpc.getWatchProviderUpdatesMethod) == null) {
      synchronized (SubscriberServiceGrpc.class) {
        if ((getWatchProviderUpdatesMethod = SubscriberServiceGrpc.getWatchProviderUpdatesMethod) == null) {
          SubscriberServiceGrpc.getWatchProviderUpdatesMethod = getWatchProviderUpdatesMethod =
              io.grpc.MethodDescriptor.<dev.modeldex.v1.WatchProviderUpdatesRequest, dev.modeldex.v1.WatchProviderUpdatesResponse>newBuilder()
              .setType(io.grpc.MethodDescriptor.MethodType.SERVER_STREAMING)
              .setFullMethodName(generateFullMethodName(SERVICE_NAME, "WatchProviderUpdates"))
              .setSafe(true)
              .setSampledToLocalTracing(true)
              .setRequestMarshaller(io.grpc.protobuf.ProtoUtils.marshaller(
                  dev.modeldex.v1.WatchProviderUpdatesRequest.getDefaultInstance()))
              .setResponseMarshaller(io.grpc.protobuf.ProtoUtils.marshaller(
                  dev.modeldex.v1.WatchProviderUpdatesResponse.getDefaultInstance()))
              .setSchemaDescriptor(new SubscriberServiceMethodDescriptorSupplier("WatchProviderUpdates"))
              .build();
        }
      }
    }
    return getWatchProviderUpdatesMethod;
  }

  private static volatile io.grpc.MethodDescriptor<dev.modeldex.v1.WatchCapabilityUpdatesRequest,
      dev.modeldex.v1.WatchCapabilityUpdatesResponse> getWatchCapabilityUpdatesMethod;

  @io.grpc.stub.annotations.RpcMethod(
      fullMethodName = SERVICE_NAME + '/' + "WatchCapabilityUpdates",
      requestType = dev.modeldex.v1.WatchCapabilityUpdatesRequest.class,
      responseType = dev.modeldex.v1.WatchCapabilityUpdatesResponse.class,
      methodType = io.grpc.MethodDescriptor.MethodType.SERVER_STREAMING)
  public static io.grpc.MethodDescriptor<dev.modeldex.v1.WatchCapabilityUpdatesRequest,
      dev.modeldex.v1.WatchCapabilityUpdatesResponse> getWatchCapabilityUpdatesMethod() {
    io.grpc.MethodDescriptor<dev.modeldex.v1.WatchCapabilityUpdatesRequest, dev.modeldex.v1.WatchCapabilityUpdatesResponse> getWatchCapabilityUpdatesMethod;
    if ((getWatchCapabilityUpdatesMethod = SubscriberServiceGrpc.getWatchCapabilityUpdatesMethod) == null) {
      synchronized (SubscriberServiceGrpc.class) {
        if ((getWatchCapabilityUpdatesMethod = SubscriberServiceGrpc.getWatchCapabilityUpdatesMethod) == null) {
          SubscriberServiceGrpc.getWatchCapabilityUpdatesMethod = getWatchCapabilityUpdatesMethod =
              io.grpc.MethodDescriptor.<dev.modeldex.v1.WatchCapabilityUpdatesRequest, dev.modeldex.v1.WatchCapabilityUpdatesResponse>newBuilder()
              .setType(io.grpc.MethodDescriptor.MethodType.SERVER_STREAMING)
              .setFullMethodName(generateFullMethodName(SERVICE_NAME, "WatchCapabilityUpdates"))
              .setSafe(true)
              .setSampledToLocalTracing(true)
              .setRequestMarshaller(io.grpc.protobuf.ProtoUtils.marshaller(
                  dev.modeldex.v1.WatchCapabilityUpdatesRequest.getDefaultInstance()))
              .setResponseMarshaller(io.grpc.protobuf.ProtoUtils.marshaller(
                  dev.modeldex.v1.WatchCapabilityUpdatesResponse.getDefaultInstance()))
              .setSchemaDescriptor(new SubscriberServiceMethodDescriptorSupplier("WatchCapabilityUpdates"))
              .build();
        }
      }
    }
    return getWatchCapabilityUpdatesMethod;
  }

  private static volatile io.grpc.MethodDescriptor<dev.modeldex.v1.PublishUpdatesRequest,
      dev.modeldex.v1.PublishUpdatesResponse> getPublishUpdatesMethod;

  @io.grpc.stub.annotations.RpcMethod(
      fullMethodName = SERVICE_NAME + '/' + "PublishUpdates",
      requestType = dev.modeldex.v1.PublishUpdatesRequest.class,
      responseType = dev.modeldex.v1.PublishUpdatesResponse.class,
      methodType = io.grpc.MethodDescriptor.MethodType.UNARY)
  public static io.grpc.MethodDescriptor<dev.modeldex.v1.PublishUpdatesRequest,
      dev.modeldex.v1.PublishUpdatesResponse> getPublishUpdatesMethod() {
    io.grpc.MethodDescriptor<dev.modeldex.v1.PublishUpdatesRequest, dev.modeldex.v1.PublishUpdatesResponse> getPublishUpdatesMethod;
    if ((getPublishUpdatesMethod = SubscriberServiceGrpc.getPublishUpdatesMethod) == null) {
      synchronized (SubscriberServiceGrpc.class) {
        if ((getPublishUpdatesMethod = SubscriberServiceGrpc.getPublishUpdatesMethod) == null) {
          SubscriberServiceGrpc.getPublishUpdatesMethod = getPublishUpdatesMethod =
              io.grpc.MethodDescriptor.<dev.modeldex.v1.PublishUpdatesRequest, dev.modeldex.v1.PublishUpdatesResponse>newBuilder()
              .setType(io.grpc.MethodDescriptor.MethodType.UNARY)
              .setFullMethodName(generateFullMethodName(SERVICE_NAME, "PublishUpdates"))
              .setIdempotent(true)
              .setSampledToLocalTracing(true)
              .setRequestMarshaller(io.grpc.protobuf.ProtoUtils.marshaller(
                  dev.modeldex.v1.PublishUpdatesRequest.getDefaultInstance()))
              .setResponseMarshaller(io.grpc.protobuf.ProtoUtils.marshaller(
                  dev.modeldex.v1.PublishUpdatesResponse.getDefaultInstance()))
              .setSchemaDescriptor(new SubscriberServiceMethodDescriptorSupplier("PublishUpdates"))
              .build();
        }
      }
    }
    return getPublishUpdatesMethod;
  }

  /**
   * Creates a new async stub that supports all call types for the service
   */
  public static SubscriberServiceStub newStub(io.grpc.Channel channel) {
    io.grpc.stub.AbstractStub.StubFactory<SubscriberServiceStub> factory =
      new io.grpc.stub.AbstractStub.StubFactory<SubscriberServiceStub>() {
        @java.lang.Override
        public SubscriberServiceStub newStub(io.grpc.Channel channel, io.grpc.CallOptions callOptions) {
          return new SubscriberServiceStub(channel, callOptions);
        }
      };
    return SubscriberServiceStub.newStub(factory, channel);
  }

  /**
   * Creates a new blocking-style stub that supports all types of calls on the service
   */
  public static SubscriberServiceBlockingV2Stub newBlockingV2Stub(
      io.grpc.Channel channel) {
    io.grpc.stub.AbstractStub.StubFactory<SubscriberServiceBlockingV2Stub> factory =
      new io.grpc.stub.AbstractStub.StubFactory<SubscriberServiceBlockingV2Stub>() {
        @java.lang.Override
        public SubscriberServiceBlockingV2Stub newStub(io.grpc.Channel channel, io.grpc.CallOptions callOptions) {
          return new SubscriberServiceBlockingV2Stub(channel, callOptions);
        }
      };
    return SubscriberServiceBlockingV2Stub.newStub(factory, channel);
  }

  /**
   * Creates a new blocking-style stub that supports unary and streaming output calls on the service
   */
  public static SubscriberServiceBlockingStub newBlockingStub(
      io.grpc.Channel channel) {
    io.grpc.stub.AbstractStub.StubFactory<SubscriberServiceBlockingStub> factory =
      new io.grpc.stub.AbstractStub.StubFactory<SubscriberServiceBlockingStub>() {
        @java.lang.Override
        public SubscriberServiceBlockingStub newStub(io.grpc.Channel channel, io.grpc.CallOptions callOptions) {
          return new SubscriberServiceBlockingStub(channel, callOptions);
        }
      };
    return SubscriberServiceBlockingStub.newStub(factory, channel);
  }

  /**
   * Creates a new ListenableFuture-style stub that supports unary calls on the service
   */
  public static SubscriberServiceFutureStub newFutureStub(
      io.grpc.Channel channel) {
    io.grpc.stub.AbstractStub.StubFactory<SubscriberServiceFutureStub> factory =
      new io.grpc.stub.AbstractStub.StubFactory<SubscriberServiceFutureStub>() {
        @java.lang.Override
        public SubscriberServiceFutureStub newStub(io.grpc.Channel channel, io.grpc.CallOptions callOptions) {
          return new SubscriberServiceFutureStub(channel, callOptions);
        }
      };
    return SubscriberServiceFutureStub.newStub(factory, channel);
  }

  /**
   * <pre>
   * SubscriberService streams the changes of the catalogue, and takes updates that callers publish.
   * A stream follows the log of revisions. It promises, on every replica:
   * - ordered: revisions on a stream only grow;
   * - unique: no event comes twice on a stream, nor again after a resume by token;
   * - atomic: the events of a revision come in one message;
   * - reliable: no event that matches is missing between two that came;
   * - resumable: a token continues where its message ended, on any replica, as long as the log keeps that place;
   * - bookmarked: after a bookmark at a revision nothing up to that revision comes any more;
   * - never silent: where the log does not keep a place any more the stream ends with OUT_OF_RANGE (REVISION_COMPACTED);
   * - converging: a snapshot with the events after it applied is the catalogue at the revision of the last bookmark;
   * - alone: a subscriber that reads slowly, or not at all, changes nothing for others and is not ended for it.
   * Not promised: how long a change takes to arrive, and that two streams get the same batches.
   * A watch can fail with UNAUTHENTICATED, PERMISSION_DENIED, INVALID_ARGUMENT (INVALID_REQUEST, MALFORMED_REQUEST,
   * INVALID_RESUME_TOKEN), OUT_OF_RANGE (REVISION_COMPACTED, FUTURE_REVISION), ABORTED (HISTORY_REWOUND),
   * RESOURCE_EXHAUSTED (TOO_MANY_STREAMS) and UNAVAILABLE (NOT_READY, DRAINING). It lives until its caller or its deadline
   * ends it. A stream that is about to be ended by the server says so with going_away and a token, and ends with OK.
   * </pre>
   */
  public interface AsyncService {

    /**
     * <pre>
     * Streams updates of every kind.
     * </pre>
     */
    default void watch(dev.modeldex.v1.WatchRequest request,
        io.grpc.stub.StreamObserver<dev.modeldex.v1.WatchResponse> responseObserver) {
      io.grpc.stub.ServerCalls.asyncUnimplementedUnaryCall(getWatchMethod(), responseObserver);
    }

    /**
     * <pre>
     * Streams updates of models.
     * </pre>
     */
    default void watchModelUpdates(dev.modeldex.v1.WatchModelUpdatesRequest request,
        io.grpc.stub.StreamObserver<dev.modeldex.v1.WatchModelUpdatesResponse> responseObserver) {
      io.grpc.stub.ServerCalls.asyncUnimplementedUnaryCall(getWatchModelUpdatesMethod(), responseObserver);
    }

    /**
     * <pre>
     * Streams updates of providers.
     * </pre>
     */
    default void watchProviderUpdates(dev.modeldex.v1.WatchProviderUpdatesRequest request,
        io.grpc.stub.StreamObserver<dev.modeldex.v1.WatchProviderUpdatesResponse> responseObserver) {
      io.grpc.stub.ServerCalls.asyncUnimplementedUnaryCall(getWatchProviderUpdatesMethod(), responseObserver);
    }

    /**
     * <pre>
     * Streams updates of capabilities.
     * </pre>
     */
    default void watchCapabilityUpdates(dev.modeldex.v1.WatchCapabilityUpdatesRequest request,
        io.grpc.stub.StreamObserver<dev.modeldex.v1.WatchCapabilityUpdatesResponse> responseObserver) {
      io.grpc.stub.ServerCalls.asyncUnimplementedUnaryCall(getWatchCapabilityUpdatesMethod(), responseObserver);
    }

    /**
     * <pre>
     * Publishes updates of something outside the catalogue, in one revision. They are marked as external, reach every
     * watch that they match, and change nothing in the catalogue. An update that breaks a rule is refused by itself.
     * </pre>
     */
    default void publishUpdates(dev.modeldex.v1.PublishUpdatesRequest request,
        io.grpc.stub.StreamObserver<dev.modeldex.v1.PublishUpdatesResponse> responseObserver) {
      io.grpc.stub.ServerCalls.asyncUnimplementedUnaryCall(getPublishUpdatesMethod(), responseObserver);
    }
  }

  /**
   * Base class for the server implementation of the service SubscriberService.
   * <pre>
   * SubscriberService streams the changes of the catalogue, and takes updates that callers publish.
   * A stream follows the log of revisions. It promises, on every replica:
   * - ordered: revisions on a stream only grow;
   * - unique: no event comes twice on a stream, nor again after a resume by token;
   * - atomic: the events of a revision come in one message;
   * - reliable: no event that matches is missing between two that came;
   * - resumable: a token continues where its message ended, on any replica, as long as the log keeps that place;
   * - bookmarked: after a bookmark at a revision nothing up to that revision comes any more;
   * - never silent: where the log does not keep a place any more the stream ends with OUT_OF_RANGE (REVISION_COMPACTED);
   * - converging: a snapshot with the events after it applied is the catalogue at the revision of the last bookmark;
   * - alone: a subscriber that reads slowly, or not at all, changes nothing for others and is not ended for it.
   * Not promised: how long a change takes to arrive, and that two streams get the same batches.
   * A watch can fail with UNAUTHENTICATED, PERMISSION_DENIED, INVALID_ARGUMENT (INVALID_REQUEST, MALFORMED_REQUEST,
   * INVALID_RESUME_TOKEN), OUT_OF_RANGE (REVISION_COMPACTED, FUTURE_REVISION), ABORTED (HISTORY_REWOUND),
   * RESOURCE_EXHAUSTED (TOO_MANY_STREAMS) and UNAVAILABLE (NOT_READY, DRAINING). It lives until its caller or its deadline
   * ends it. A stream that is about to be ended by the server says so with going_away and a token, and ends with OK.
   * </pre>
   */
  public static abstract class SubscriberServiceImplBase
      implements io.grpc.BindableService, AsyncService {

    @java.lang.Override public final io.grpc.ServerServiceDefinition bindService() {
      return SubscriberServiceGrpc.bindService(this);
    }
  }

  /**
   * A stub to allow clients to do asynchronous rpc calls to service SubscriberService.
   * <pre>
   * SubscriberService streams the changes of the catalogue, and takes updates that callers publish.
   * A stream follows the log of revisions. It promises, on every replica:
   * - ordered: revisions on a stream only grow;
   * - unique: no event comes twice on a stream, nor again after a resume by token;
   * - atomic: the events of a revision come in one message;
   * - reliable: no event that matches is missing between two that came;
   * - resumable: a token continues where its message ended, on any replica, as long as the log keeps that place;
   * - bookmarked: after a bookmark at a revision nothing up to that revision comes any more;
   * - never silent: where the log does not keep a place any more the stream ends with OUT_OF_RANGE (REVISION_COMPACTED);
   * - converging: a snapshot with the events after it applied is the catalogue at the revision of the last bookmark;
   * - alone: a subscriber that reads slowly, or not at all, changes nothing for others and is not ended for it.
   * Not promised: how long a change takes to arrive, and that two streams get the same batches.
   * A watch can fail with UNAUTHENTICATED, PERMISSION_DENIED, INVALID_ARGUMENT (INVALID_REQUEST, MALFORMED_REQUEST,
   * INVALID_RESUME_TOKEN), OUT_OF_RANGE (REVISION_COMPACTED, FUTURE_REVISION), ABORTED (HISTORY_REWOUND),
   * RESOURCE_EXHAUSTED (TOO_MANY_STREAMS) and UNAVAILABLE (NOT_READY, DRAINING). It lives until its caller or its deadline
   * ends it. A stream that is about to be ended by the server says so with going_away and a token, and ends with OK.
   * </pre>
   */
  public static final class SubscriberServiceStub
      extends io.grpc.stub.AbstractAsyncStub<SubscriberServiceStub> {
    private SubscriberServiceStub(
        io.grpc.Channel channel, io.grpc.CallOptions callOptions) {
      super(channel, callOptions);
    }

    @java.lang.Override
    protected SubscriberServiceStub build(
        io.grpc.Channel channel, io.grpc.CallOptions callOptions) {
      return new SubscriberServiceStub(channel, callOptions);
    }

    /**
     * <pre>
     * Streams updates of every kind.
     * </pre>
     */
    public void watch(dev.modeldex.v1.WatchRequest request,
        io.grpc.stub.StreamObserver<dev.modeldex.v1.WatchResponse> responseObserver) {
      io.grpc.stub.ClientCalls.asyncServerStreamingCall(
          getChannel().newCall(getWatchMethod(), getCallOptions()), request, responseObserver);
    }

    /**
     * <pre>
     * Streams updates of models.
     * </pre>
     */
    public void watchModelUpdates(dev.modeldex.v1.WatchModelUpdatesRequest request,
        io.grpc.stub.StreamObserver<dev.modeldex.v1.WatchModelUpdatesResponse> responseObserver) {
      io.grpc.stub.ClientCalls.asyncServerStreamingCall(
          getChannel().newCall(getWatchModelUpdatesMethod(), getCallOptions()), request, responseObserver);
    }

    /**
     * <pre>
     * Streams updates of providers.
     * </pre>
     */
    public void watchProviderUpdates(dev.modeldex.v1.WatchProviderUpdatesRequest request,
        io.grpc.stub.StreamObserver<dev.modeldex.v1.WatchProviderUpdatesResponse> responseObserver) {
      io.grpc.stub.ClientCalls.asyncServerStreamingCall(
          getChannel().newCall(getWatchProviderUpdatesMethod(), getCallOptions()), request, responseObserver);
    }

    /**
     * <pre>
     * Streams updates of capabilities.
     * </pre>
     */
    public void watchCapabilityUpdates(dev.modeldex.v1.WatchCapabilityUpdatesRequest request,
        io.grpc.stub.StreamObserver<dev.modeldex.v1.WatchCapabilityUpdatesResponse> responseObserver) {
      io.grpc.stub.ClientCalls.asyncServerStreamingCall(
          getChannel().newCall(getWatchCapabilityUpdatesMethod(), getCallOptions()), request, responseObserver);
    }

    /**
     * <pre>
     * Publishes updates of something outside the catalogue, in one revision. They are marked as external, reach every
     * watch that they match, and change nothing in the catalogue. An update that breaks a rule is refused by itself.
     * </pre>
     */
    public void publishUpdates(dev.modeldex.v1.PublishUpdatesRequest request,
        io.grpc.stub.StreamObserver<dev.modeldex.v1.PublishUpdatesResponse> responseObserver) {
      io.grpc.stub.ClientCalls.asyncUnaryCall(
          getChannel().newCall(getPublishUpdatesMethod(), getCallOptions()), request, responseObserver);
    }
  }

  /**
   * A stub to allow clients to do synchronous rpc calls to service SubscriberService.
   * <pre>
   * SubscriberService streams the changes of the catalogue, and takes updates that callers publish.
   * A stream follows the log of revisions. It promises, on every replica:
   * - ordered: revisions on a stream only grow;
   * - unique: no event comes twice on a stream, nor again after a resume by token;
   * - atomic: the events of a revision come in one message;
   * - reliable: no event that matches is missing between two that came;
   * - resumable: a token continues where its message ended, on any replica, as long as the log keeps that place;
   * - bookmarked: after a bookmark at a revision nothing up to that revision comes any more;
   * - never silent: where the log does not keep a place any more the stream ends with OUT_OF_RANGE (REVISION_COMPACTED);
   * - converging: a snapshot with the events after it applied is the catalogue at the revision of the last bookmark;
   * - alone: a subscriber that reads slowly, or not at all, changes nothing for others and is not ended for it.
   * Not promised: how long a change takes to arrive, and that two streams get the same batches.
   * A watch can fail with UNAUTHENTICATED, PERMISSION_DENIED, INVALID_ARGUMENT (INVALID_REQUEST, MALFORMED_REQUEST,
   * INVALID_RESUME_TOKEN), OUT_OF_RANGE (REVISION_COMPACTED, FUTURE_REVISION), ABORTED (HISTORY_REWOUND),
   * RESOURCE_EXHAUSTED (TOO_MANY_STREAMS) and UNAVAILABLE (NOT_READY, DRAINING). It lives until its caller or its deadline
   * ends it. A stream that is about to be ended by the server says so with going_away and a token, and ends with OK.
   * </pre>
   */
  public static final class SubscriberServiceBlockingV2Stub
      extends io.grpc.stub.AbstractBlockingStub<SubscriberServiceBlockingV2Stub> {
    private SubscriberServiceBlockingV2Stub(
        io.grpc.Channel channel, io.grpc.CallOptions callOptions) {
      super(channel, callOptions);
    }

    @java.lang.Override
    protected SubscriberServiceBlockingV2Stub build(
        io.grpc.Channel channel, io.grpc.CallOptions callOptions) {
      return new SubscriberServiceBlockingV2Stub(channel, callOptions);
    }

    /**
     * <pre>
     * Streams updates of every kind.
     * </pre>
     */
    @io.grpc.ExperimentalApi("https://github.com/grpc/grpc-java/issues/10918")
    public io.grpc.stub.BlockingClientCall<?, dev.modeldex.v1.WatchResponse>
        watch(dev.modeldex.v1.WatchRequest request) {
      return io.grpc.stub.ClientCalls.blockingV2ServerStreamingCall(
          getChannel(), getWatchMethod(), getCallOptions(), request);
    }

    /**
     * <pre>
     * Streams updates of models.
     * </pre>
     */
    @io.grpc.ExperimentalApi("https://github.com/grpc/grpc-java/issues/10918")
    public io.grpc.stub.BlockingClientCall<?, dev.modeldex.v1.WatchModelUpdatesResponse>
        watchModelUpdates(dev.modeldex.v1.WatchModelUpdatesRequest request) {
      return io.grpc.stub.ClientCalls.blockingV2ServerStreamingCall(
          getChannel(), getWatchModelUpdatesMethod(), getCallOptions(), request);
    }

    /**
     * <pre>
     * Streams updates of providers.
     * </pre>
     */
    @io.grpc.ExperimentalApi("https://github.com/grpc/grpc-java/issues/10918")
    public io.grpc.stub.BlockingClientCall<?, dev.modeldex.v1.WatchProviderUpdatesResponse>
        watchProviderUpdates(dev.modeldex.v1.WatchProviderUpdatesRequest request) {
      return io.grpc.stub.ClientCalls.blockingV2ServerStreamingCall(
          getChannel(), getWatchProviderUpdatesMethod(), getCallOptions(), request);
    }

    /**
     * <pre>
     * Streams updates of capabilities.
     * </pre>
     */
    @io.grpc.ExperimentalApi("https://github.com/grpc/grpc-java/issues/10918")
    public io.grpc.stub.BlockingClientCall<?, dev.modeldex.v1.WatchCapabilityUpdatesResponse>
        watchCapabilityUpdates(dev.modeldex.v1.WatchCapabilityUpdatesRequest request) {
      return io.grpc.stub.ClientCalls.blockingV2ServerStreamingCall(
          getChannel(), getWatchCapabilityUpdatesMethod(), getCallOptions(), request);
    }

    /**
     * <pre>
     * Publishes updates of something outside the catalogue, in one revision. They are marked as external, reach every
     * watch that they match, and change nothing in the catalogue. An update that breaks a rule is refused by itself.
     * </pre>
     */
    public dev.modeldex.v1.PublishUpdatesResponse publishUpdates(dev.modeldex.v1.PublishUpdatesRequest request) throws io.grpc.StatusException {
      return io.grpc.stub.ClientCalls.blockingV2UnaryCall(
          getChannel(), getPublishUpdatesMethod(), getCallOptions(), request);
    }
  }

  /**
   * A stub to allow clients to do limited synchronous rpc calls to service SubscriberService.
   * <pre>
   * SubscriberService streams the changes of the catalogue, and takes updates that callers publish.
   * A stream follows the log of revisions. It promises, on every replica:
   * - ordered: revisions on a stream only grow;
   * - unique: no event comes twice on a stream, nor again after a resume by token;
   * - atomic: the events of a revision come in one message;
   * - reliable: no event that matches is missing between two that came;
   * - resumable: a token continues where its message ended, on any replica, as long as the log keeps that place;
   * - bookmarked: after a bookmark at a revision nothing up to that revision comes any more;
   * - never silent: where the log does not keep a place any more the stream ends with OUT_OF_RANGE (REVISION_COMPACTED);
   * - converging: a snapshot with the events after it applied is the catalogue at the revision of the last bookmark;
   * - alone: a subscriber that reads slowly, or not at all, changes nothing for others and is not ended for it.
   * Not promised: how long a change takes to arrive, and that two streams get the same batches.
   * A watch can fail with UNAUTHENTICATED, PERMISSION_DENIED, INVALID_ARGUMENT (INVALID_REQUEST, MALFORMED_REQUEST,
   * INVALID_RESUME_TOKEN), OUT_OF_RANGE (REVISION_COMPACTED, FUTURE_REVISION), ABORTED (HISTORY_REWOUND),
   * RESOURCE_EXHAUSTED (TOO_MANY_STREAMS) and UNAVAILABLE (NOT_READY, DRAINING). It lives until its caller or its deadline
   * ends it. A stream that is about to be ended by the server says so with going_away and a token, and ends with OK.
   * </pre>
   */
  public static final class SubscriberServiceBlockingStub
      extends io.grpc.stub.AbstractBlockingStub<SubscriberServiceBlockingStub> {
    private SubscriberServiceBlockingStub(
        io.grpc.Channel channel, io.grpc.CallOptions callOptions) {
      super(channel, callOptions);
    }

    @java.lang.Override
    protected SubscriberServiceBlockingStub build(
        io.grpc.Channel channel, io.grpc.CallOptions callOptions) {
      return new SubscriberServiceBlockingStub(channel, callOptions);
    }

    /**
     * <pre>
     * Streams updates of every kind.
     * </pre>
     */
    public java.util.Iterator<dev.modeldex.v1.WatchResponse> watch(
        dev.modeldex.v1.WatchRequest request) {
      return io.grpc.stub.ClientCalls.blockingServerStreamingCall(
          getChannel(), getWatchMethod(), getCallOptions(), request);
    }

    /**
     * <pre>
     * Streams updates of models.
     * </pre>
     */
    public java.util.Iterator<dev.modeldex.v1.WatchModelUpdatesResponse> watchModelUpdates(
        dev.modeldex.v1.WatchModelUpdatesRequest request) {
      return io.grpc.stub.ClientCalls.blockingServerStreamingCall(
          getChannel(), getWatchModelUpdatesMethod(), getCallOptions(), request);
    }

    /**
     * <pre>
     * Streams updates of providers.
     * </pre>
     */
    public java.util.Iterator<dev.modeldex.v1.WatchProviderUpdatesResponse> watchProviderUpdates(
        dev.modeldex.v1.WatchProviderUpdatesRequest request) {
      return io.grpc.stub.ClientCalls.blockingServerStreamingCall(
          getChannel(), getWatchProviderUpdatesMethod(), getCallOptions(), request);
    }

    /**
     * <pre>
     * Streams updates of capabilities.
     * </pre>
     */
    public java.util.Iterator<dev.modeldex.v1.WatchCapabilityUpdatesResponse> watchCapabilityUpdates(
        dev.modeldex.v1.WatchCapabilityUpdatesRequest request) {
      return io.grpc.stub.ClientCalls.blockingServerStreamingCall(
          getChannel(), getWatchCapabilityUpdatesMethod(), getCallOptions(), request);
    }

    /**
     * <pre>
     * Publishes updates of something outside the catalogue, in one revision. They are marked as external, reach every
     * watch that they match, and change nothing in the catalogue. An update that breaks a rule is refused by itself.
     * </pre>
     */
    public dev.modeldex.v1.PublishUpdatesResponse publishUpdates(dev.modeldex.v1.PublishUpdatesRequest request) {
      return io.grpc.stub.ClientCalls.blockingUnaryCall(
          getChannel(), getPublishUpdatesMethod(), getCallOptions(), request);
    }
  }

  /**
   * A stub to allow clients to do ListenableFuture-style rpc calls to service SubscriberService.
   * <pre>
   * SubscriberService streams the changes of the catalogue, and takes updates that callers publish.
   * A stream follows the log of revisions. It promises, on every replica:
   * - ordered: revisions on a stream only grow;
   * - unique: no event comes twice on a stream, nor again after a resume by token;
   * - atomic: the events of a revision come in one message;
   * - reliable: no event that matches is missing between two that came;
   * - resumable: a token continues where its message ended, on any replica, as long as the log keeps that place;
   * - bookmarked: after a bookmark at a revision nothing up to that revision comes any more;
   * - never silent: where the log does not keep a place any more the stream ends with OUT_OF_RANGE (REVISION_COMPACTED);
   * - converging: a snapshot with the events after it applied is the catalogue at the revision of the last bookmark;
   * - alone: a subscriber that reads slowly, or not at all, changes nothing for others and is not ended for it.
   * Not promised: how long a change takes to arrive, and that two streams get the same batches.
   * A watch can fail with UNAUTHENTICATED, PERMISSION_DENIED, INVALID_ARGUMENT (INVALID_REQUEST, MALFORMED_REQUEST,
   * INVALID_RESUME_TOKEN), OUT_OF_RANGE (REVISION_COMPACTED, FUTURE_REVISION), ABORTED (HISTORY_REWOUND),
   * RESOURCE_EXHAUSTED (TOO_MANY_STREAMS) and UNAVAILABLE (NOT_READY, DRAINING). It lives until its caller or its deadline
   * ends it. A stream that is about to be ended by the server says so with going_away and a token, and ends with OK.
   * </pre>
   */
  public static final class SubscriberServiceFutureStub
      extends io.grpc.stub.AbstractFutureStub<SubscriberServiceFutureStub> {
    private SubscriberServiceFutureStub(
        io.grpc.Channel channel, io.grpc.CallOptions callOptions) {
      super(channel, callOptions);
    }

    @java.lang.Override
    protected SubscriberServiceFutureStub build(
        io.grpc.Channel channel, io.grpc.CallOptions callOptions) {
      return new SubscriberServiceFutureStub(channel, callOptions);
    }

    /**
     * <pre>
     * Publishes updates of something outside the catalogue, in one revision. They are marked as external, reach every
     * watch that they match, and change nothing in the catalogue. An update that breaks a rule is refused by itself.
     * </pre>
     */
    public com.google.common.util.concurrent.ListenableFuture<dev.modeldex.v1.PublishUpdatesResponse> publishUpdates(
        dev.modeldex.v1.PublishUpdatesRequest request) {
      return io.grpc.stub.ClientCalls.futureUnaryCall(
          getChannel().newCall(getPublishUpdatesMethod(), getCallOptions()), request);
    }
  }

  private static final int METHODID_WATCH = 0;
  private static final int METHODID_WATCH_MODEL_UPDATES = 1;
  private static final int METHODID_WATCH_PROVIDER_UPDATES = 2;
  private static final int METHODID_WATCH_CAPABILITY_UPDATES = 3;
  private static final int METHODID_PUBLISH_UPDATES = 4;

  private static final class MethodHandlers<Req, Resp> implements
      io.grpc.stub.ServerCalls.UnaryMethod<Req, Resp>,
      io.grpc.stub.ServerCalls.ServerStreamingMethod<Req, Resp>,
      io.grpc.stub.ServerCalls.ClientStreamingMethod<Req, Resp>,
      io.grpc.stub.ServerCalls.BidiStreamingMethod<Req, Resp> {
    private final AsyncService serviceImpl;
    private final int methodId;

    MethodHandlers(AsyncService serviceImpl, int methodId) {
      this.serviceImpl = serviceImpl;
      this.methodId = methodId;
    }

    @java.lang.Override
    @java.lang.SuppressWarnings("unchecked")
    public void invoke(Req request, io.grpc.stub.StreamObserver<Resp> responseObserver) {
      switch (methodId) {
        case METHODID_WATCH:
          serviceImpl.watch((dev.modeldex.v1.WatchRequest) request,
              (io.grpc.stub.StreamObserver<dev.modeldex.v1.WatchResponse>) responseObserver);
          break;
        case METHODID_WATCH_MODEL_UPDATES:
          serviceImpl.watchModelUpdates((dev.modeldex.v1.WatchModelUpdatesRequest) request,
              (io.grpc.stub.StreamObserver<dev.modeldex.v1.WatchModelUpdatesResponse>) responseObserver);
          break;
        case METHODID_WATCH_PROVIDER_UPDATES:
          serviceImpl.watchProviderUpdates((dev.modeldex.v1.WatchProviderUpdatesRequest) request,
              (io.grpc.stub.StreamObserver<dev.modeldex.v1.WatchProviderUpdatesResponse>) responseObserver);
          break;
        case METHODID_WATCH_CAPABILITY_UPDATES:
          serviceImpl.watchCapabilityUpdates((dev.modeldex.v1.WatchCapabilityUpdatesRequest) request,
              (io.grpc.stub.StreamObserver<dev.modeldex.v1.WatchCapabilityUpdatesResponse>) responseObserver);
          break;
        case METHODID_PUBLISH_UPDATES:
          serviceImpl.publishUpdates((dev.modeldex.v1.PublishUpdatesRequest) request,
              (io.grpc.stub.StreamObserver<dev.modeldex.v1.PublishUpdatesResponse>) responseObserver);
          break;
        default:
          throw new AssertionError();
      }
    }

    @java.lang.Override
    @java.lang.SuppressWarnings("unchecked")
    public io.grpc.stub.StreamObserver<Req> invoke(
        io.grpc.stub.StreamObserver<Resp> responseObserver) {
      switch (methodId) {
        default:
          throw new AssertionError();
      }
    }
  }

  public static final io.grpc.ServerServiceDefinition bindService(AsyncService service) {
    return io.grpc.ServerServiceDefinition.builder(getServiceDescriptor())
        .addMethod(
          getWatchMethod(),
          io.grpc.stub.ServerCalls.asyncServerStreamingCall(
            new MethodHandlers<
              dev.modeldex.v1.WatchRequest,
              dev.modeldex.v1.WatchResponse>(
                service, METHODID_WATCH)))
        .addMethod(
          getWatchModelUpdatesMethod(),
          io.grpc.stub.ServerCalls.asyncServerStreamingCall(
            new MethodHandlers<
              dev.modeldex.v1.WatchModelUpdatesRequest,
              dev.modeldex.v1.WatchModelUpdatesResponse>(
                service, METHODID_WATCH_MODEL_UPDATES)))
        .addMethod(
          getWatchProviderUpdatesMethod(),
          io.grpc.stub.ServerCalls.asyncServerStreamingCall(
            new MethodHandlers<
              dev.modeldex.v1.WatchProviderUpdatesRequest,
              dev.modeldex.v1.WatchProviderUpdatesResponse>(
                service, METHODID_WATCH_PROVIDER_UPDATES)))
        .addMethod(
          getWatchCapabilityUpdatesMethod(),
          io.grpc.stub.ServerCalls.asyncServerStreamingCall(
            new MethodHandlers<
              dev.modeldex.v1.WatchCapabilityUpdatesRequest,
              dev.modeldex.v1.WatchCapabilityUpdatesResponse>(
                service, METHODID_WATCH_CAPABILITY_UPDATES)))
        .addMethod(
          getPublishUpdatesMethod(),
          io.grpc.stub.ServerCalls.asyncUnaryCall(
            new MethodHandlers<
              dev.modeldex.v1.PublishUpdatesRequest,
              dev.modeldex.v1.PublishUpdatesResponse>(
                service, METHODID_PUBLISH_UPDATES)))
        .build();
  }

  private static abstract class SubscriberServiceBaseDescriptorSupplier
      implements io.grpc.protobuf.ProtoFileDescriptorSupplier, io.grpc.protobuf.ProtoServiceDescriptorSupplier {
    SubscriberServiceBaseDescriptorSupplier() {}

    @java.lang.Override
    public com.google.protobuf.Descriptors.FileDescriptor getFileDescriptor() {
      return dev.modeldex.v1.SubscriberServiceProto.getDescriptor();
    }

    @java.lang.Override
    public com.google.protobuf.Descriptors.ServiceDescriptor getServiceDescriptor() {
      return getFileDescriptor().findServiceByName("SubscriberService");
    }
  }

  private static final class SubscriberServiceFileDescriptorSupplier
      extends SubscriberServiceBaseDescriptorSupplier {
    SubscriberServiceFileDescriptorSupplier() {}
  }

  private static final class SubscriberServiceMethodDescriptorSupplier
      extends SubscriberServiceBaseDescriptorSupplier
      implements io.grpc.protobuf.ProtoMethodDescriptorSupplier {
    private final java.lang.String methodName;

    SubscriberServiceMethodDescriptorSupplier(java.lang.String methodName) {
      this.methodName = methodName;
    }

    @java.lang.Override
    public com.google.protobuf.Descriptors.MethodDescriptor getMethodDescriptor() {
      return getServiceDescriptor().findMethodByName(methodName);
    }
  }

  private static volatile io.grpc.ServiceDescriptor serviceDescriptor;

  public static io.grpc.ServiceDescriptor getServiceDescriptor() {
    io.grpc.ServiceDescriptor result = serviceDescriptor;
    if (result == null) {
      synchronized (SubscriberServiceGrpc.class) {
        result = serviceDescriptor;
        if (result == null) {
          serviceDescriptor = result = io.grpc.ServiceDescriptor.newBuilder(SERVICE_NAME)
              .setSchemaDescriptor(new SubscriberServiceFileDescriptorSupplier())
              .addMethod(getWatchMethod())
              .addMethod(getWatchModelUpdatesMethod())
              .addMethod(getWatchProviderUpdatesMethod())
              .addMethod(getWatchCapabilityUpdatesMethod())
              .addMethod(getPublishUpdatesMethod())
              .build();
        }
      }
    }
    return result;
  }
}
